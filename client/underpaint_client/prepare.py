"""The first half of a push, without a network: a stego image made for one server."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass

from underpaint_client.sources import PictureSource, SecretSource, mode_of, picture_of, secret_of
from underpaint_common import payload
from underpaint_common.payload import Form, HideReport, Mode
from underpaint_common.pictures import encode

UPLOAD_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class PrepareSeconds:
    """How long each stage of the preparation took."""

    read: float
    hide: float
    encode: float


@dataclass(frozen=True, slots=True)
class Prepared:
    """A stego image that is ready to be delivered, once or again after a failure.

    Attributes
    ----------
    upload_id : bytes
        Chosen at random here; the server never stores one upload twice.
    stego : bytes
        The stego image, a PNG file.
    stego_sha256 : bytes
        Its digest, 32 bytes.
    secret_sha256 : bytes or None
        What the receipt must state; None where the secret is coded anew on arrival.
    report : HideReport
        Mode, planes, sizes, PSNR and warnings.
    seconds : PrepareSeconds
        Time by stage.
    """

    upload_id: bytes
    stego: bytes
    stego_sha256: bytes
    secret_sha256: bytes | None
    report: HideReport
    seconds: PrepareSeconds


def prepare(
    secret: SecretSource,
    cover: PictureSource,
    key: bytes,
    *,
    mode: Mode | str = Mode.AUTO,
    planes: int | None = None,
    name: str | None = None,
) -> Prepared:
    """Hide a secret and encode the stego image; parameters as in `api.hide`.

    Raises
    ------
    DoesNotFit, UnusableImage, LocalFileError, UsageError
    """
    started = time.perf_counter()
    cover_picture = picture_of(cover)
    secret_file = secret_of(secret, name=name)
    read = time.perf_counter()
    hidden = payload.hide(cover_picture, secret_file, key, mode=mode_of(mode), planes=planes)
    hid = time.perf_counter()
    stego = b"".join(encode(hidden.picture))
    in_file_form = hidden.report.form == Form.FILE
    digest = hashlib.sha256(stego).digest()
    return Prepared(
        upload_id=secrets.token_bytes(UPLOAD_ID_BYTES),
        stego=stego,
        stego_sha256=digest,
        secret_sha256=hashlib.sha256(secret_file.data).digest() if in_file_form else None,
        report=hidden.report,
        seconds=PrepareSeconds(read - started, hid - read, time.perf_counter() - hid),
    )
