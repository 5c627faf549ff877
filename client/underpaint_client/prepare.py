"""The first half of a push, without a network: a stego image made for one server."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, Unpack

import numpy as np

from underpaint_client.progress import Progress, ProgressEvent, Stage, sharing
from underpaint_client.sources import (
    PictureSource,
    SecretSource,
    cost_of,
    form_of,
    mode_of,
    name_of,
    picture_of,
    read_file,
    secret_of,
)
from underpaint_common import payload
from underpaint_common.errors import about
from underpaint_common.payload import DEFAULT_EFFORT, Cost, Form, HideReport, Mode
from underpaint_common.pictures import Limits, OutputFormat, Picture, encode
from underpaint_common.pictures.picture import CMYK

UPLOAD_ID_BYTES = 16


class PushOptions(TypedDict, total=False):
    """How a secret is hidden for a push; each as in `underpaint_client.hide`."""

    mode: Mode | str
    planes: int | None
    form: Form | str | None
    cost: Cost | str
    effort: int
    name: str | None
    keep_metadata: bool
    limits: Limits | None


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
        The stego image: a PNG file, or a TIFF file of a CMYK cover.
    stego_sha256 : bytes
        Its digest, 32 bytes.
    secret_sha256 : bytes or None
        What the receipt must state; None where the secret is coded anew on arrival.
    cover_sha256 : bytes or None
        Digest of the cover's samples, by which it is known again whatever file it lies in; None
        where the cover is not known.
    report : HideReport or None
        Mode, planes, sizes, PSNR and warnings; None where the cover is not known.
    notices : tuple of str
        What reading the cover changed about it.
    seconds : PrepareSeconds
        Time by stage.
    """

    upload_id: bytes
    stego: bytes
    stego_sha256: bytes
    secret_sha256: bytes | None
    cover_sha256: bytes | None
    report: HideReport | None
    notices: tuple[str, ...]
    seconds: PrepareSeconds


def prepare(
    secret: SecretSource,
    cover: PictureSource,
    key: bytes,
    *,
    progress: Progress | None = None,
    **options: Unpack[PushOptions],
) -> Prepared:
    """Hide a secret and encode the stego image; other parameters as in `api.hide`.

    Parameters
    ----------
    progress : Progress, optional
        Hears of the stage `hide`.

    Raises
    ------
    DoesNotFit, UnusableImage, LocalFileError, UsageError
    """
    limits = options.get("limits") or Limits()
    started = time.perf_counter()
    cover_picture = picture_of(
        cover, limits=limits, keep_metadata=options.get("keep_metadata", False)
    )
    secret_file = secret_of(secret, name=options.get("name"), limits=limits)
    read = time.perf_counter()
    tell = progress or (lambda _: None)
    tell(ProgressEvent(Stage.HIDE, 0, len(secret_file.data)))
    hidden = payload.hide(
        cover_picture,
        secret_file,
        key,
        mode=mode_of(options.get("mode", Mode.AUTO)),
        planes=options.get("planes"),
        form=form_of(options.get("form")),
        cost=cost_of(options.get("cost", Cost.TEXTURE)),
        effort=options.get("effort", DEFAULT_EFFORT),
        limits=limits,
        progress=sharing(tell, Stage.HIDE, len(secret_file.data)),
    )
    hid = time.perf_counter()
    stego = b"".join(encode(hidden.picture, _format_on_the_wire(hidden.picture)))
    in_file_form = hidden.report.form == Form.FILE
    digest = hashlib.sha256(stego).digest()
    tell(ProgressEvent(Stage.HIDE, len(secret_file.data), len(secret_file.data)))
    return Prepared(
        upload_id=secrets.token_bytes(UPLOAD_ID_BYTES),
        stego=stego,
        stego_sha256=digest,
        secret_sha256=hashlib.sha256(secret_file.data).digest() if in_file_form else None,
        cover_sha256=samples_sha256(cover_picture),
        report=hidden.report,
        notices=cover_picture.notices,
        seconds=PrepareSeconds(read - started, hid - read, time.perf_counter() - hid),
    )


def made_earlier(stego: Path | bytes, key: bytes, *, limits: Limits | None = None) -> Prepared:
    """Return a stego image that was made before, by `hide --to`, as something to deliver.

    The secret is looked for in it first, for the server would find nothing else.

    Raises
    ------
    NothingFound, Damaged
        There is nothing in it for this server from this identity, or it was changed since.
    UnusableImage, LocalFileError
        It is no image.
    """
    limits = limits or Limits()
    started = time.perf_counter()
    data = stego if isinstance(stego, bytes) else read_file(stego, limits)
    name = name_of(stego)
    with about(name):
        picture = picture_of(data, limits=limits)
        found = payload.reveal(picture, key, limits=limits)
    return Prepared(
        upload_id=secrets.token_bytes(UPLOAD_ID_BYTES),
        stego=data,
        stego_sha256=hashlib.sha256(data).digest(),
        secret_sha256=found.sha256 if found.form == Form.FILE else None,
        cover_sha256=None,
        report=None,
        notices=(),
        seconds=PrepareSeconds(time.perf_counter() - started, 0.0, 0.0),
    )


def samples_sha256(picture: Picture) -> bytes:
    """Return the digest of what a picture shows, shape and depth included, alpha not."""
    digest = hashlib.sha256(repr((picture.samples.shape, picture.bit_depth)).encode())
    digest.update(np.ascontiguousarray(picture.samples).data)
    return digest.digest()


def _format_on_the_wire(picture: Picture) -> OutputFormat:
    return OutputFormat.TIFF if picture.channels == CMYK else OutputFormat.PNG
