"""Hide: a cover and a secret become a stego image, and a report of what that did to it."""

from __future__ import annotations

import dataclasses
import secrets as randomness
from dataclasses import dataclass

from underpaint_common.crypto import aead
from underpaint_common.errors import UnderpaintError, UsageError
from underpaint_common.payload.capacity import default_planes, largest_body, members_of
from underpaint_common.payload.cautions import caution_of, cautions
from underpaint_common.payload.choosing import choose_mode
from underpaint_common.payload.compact import compact_of
from underpaint_common.payload.contents import Contents, encode_contents
from underpaint_common.payload.detectability import reported_error
from underpaint_common.payload.header import NONCE_BYTES, Header, seal_header
from underpaint_common.payload.keys import PayloadKeys
from underpaint_common.payload.layout import geometry_of, usable_samples, with_samples
from underpaint_common.payload.modes import (
    DEFAULT_EFFORT,
    DEFAULT_PLANES,
    EFFORTS,
    Cost,
    Form,
    Mode,
)
from underpaint_common.payload.pixels import pixels_of
from underpaint_common.payload.placing import Manner, Placement, take
from underpaint_common.pictures import Limits, Picture
from underpaint_common.stego import quality
from underpaint_common.stego.directions import redirect
from underpaint_common.stego.layered import LAYERS, Progress
from underpaint_common.stego.reserved import HEADER_BYTES
from underpaint_common.stego.samples import MAX_PLANES


@dataclass(frozen=True, slots=True)
class SecretFile:
    """What is to be hidden.

    Parameters
    ----------
    name : str
        File name without folders; what is no text in it becomes question marks, as it travels.
    media_type : str
        Such as ``image/png``.
    data : bytes
        The file's bytes.
    """

    name: str
    media_type: str
    data: bytes

    def __post_init__(self) -> None:
        # Else it would be one name here and another one at the server and in receipts.
        object.__setattr__(self, "name", self.name.encode(errors="replace").decode())


@dataclass(frozen=True, slots=True)
class HideReport:
    """What hiding did to the cover, as measured on the stego image.

    Parameters
    ----------
    mode, form : str
        As taken, never `auto`.
    planes : int
        Bit planes that may differ from the cover's by embedding.
    payload_bytes : int
        Bytes embedded, header included.
    capacity_bytes : int
        Bytes that could have been embedded under the same options.
    bits_per_sample : float
        Payload rate over the samples that may change.
    psnr_db : float
        Over all samples, peak of the cover's own depth; infinite where nothing changed.
    change_rate : float
        Share of all samples that differ.
    expected_error : float or None
        (False alarms + misses) / 2 to expect of a trained detector, 0.5 where it can only guess:
        extrapolated from small crops. None for covers of kinds that were not measured, and where
        a warning says that a single change shows (decoded from JPEG, a histogram with gaps).
    warnings : tuple of str
        What the user should know about this cover.
    choice : str or None
        What `auto` took, and why; None where the mode was given.
    """

    mode: str
    form: str
    planes: int
    payload_bytes: int
    capacity_bytes: int
    bits_per_sample: float
    psnr_db: float
    change_rate: float
    expected_error: float | None
    warnings: tuple[str, ...]
    choice: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """A stego image with the report of its making."""

    picture: Picture
    report: HideReport


def hide(
    cover: Picture,
    secret: SecretFile,
    key: bytes,
    *,
    mode: Mode = Mode.AUTO,
    planes: int | None = None,
    form: Form | None = None,
    cost: Cost = Cost.TEXTURE,
    effort: int = DEFAULT_EFFORT,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Hidden:
    """Hide a secret in a cover.

    Parameters
    ----------
    cover : Picture
        Not changed.
    secret : SecretFile
        What to hide.
    key : bytes
        Stego key, 32 bytes.
    mode : Mode
        How to place it; `auto` takes `adaptive` while that is better than `planes` by half a
        decibel or the payload is small, and it is done in half a minute.
    planes : int, optional
        1 to 8: exactly so many in classic, at most so many in planes; 4 when not given. In
        adaptive at most so many bits per sample; 6 when not given.
    form : Form, optional
        In which form the secret travels; the file's bytes, in classic its pixels.
    cost : Cost
        What adaptive keeps small: changes where there is no texture, or changes of any kind.
    effort : int
        6, 8, 10 or 12: how hard adaptive searches; each step takes four times as long.
    limits : Limits, optional
        Bounds for reading the secret, where its pixels are needed.
    progress : callable, optional
        Is told now and then which share of the embedding is done, 0 to 1, where it takes long.

    Raises
    ------
    DoesNotFit
        If the cover is too small under these options; says what would do.
    UnusableImage
        If the secret's pixels are wanted and it is no usable image.
    UsageError
        If there is no such number of planes, or no such effort.
    """
    if planes is not None and not 1 <= planes <= MAX_PLANES:
        raise UsageError(f"{planes} planes: 1 to {MAX_PLANES} are possible")
    if effort not in EFFORTS:
        raise UsageError(f"effort {effort}: {', '.join(map(str, EFFORTS))} are possible")
    form = form or (Form.PIXELS if mode is Mode.CLASSIC else Form.FILE)
    contents = _contents(secret, form, limits or Limits())
    plaintext = encode_contents(contents)
    choice = None
    if mode is Mode.AUTO:
        length = aead.sealed_length(len(plaintext))
        choice = choose_mode(members_of(cover), length, planes=planes, cost=cost, effort=effort)
        planes = DEFAULT_PLANES if planes is None else planes
    manner = Manner(mode if choice is None else choice.mode, planes, cost, effort, progress)
    stego, header = _embed(cover, plaintext, PayloadKeys(key), manner)
    allowed = default_planes(mode) if planes is None else planes
    report = _report(cover, stego, header, contents.form, manner, allowed)
    reason = None if choice is None else choice.reason
    return Hidden(stego, dataclasses.replace(report, choice=reason))


def _contents(secret: SecretFile, form: Form, limits: Limits) -> Contents:
    if form is Form.PIXELS:
        return pixels_of(secret.data, secret.name, limits)
    file = Contents(Form.FILE, secret.name, secret.media_type, secret.data)
    return compact_of(file, limits) if form is Form.COMPACT else file


def _embed(
    cover: Picture, plaintext: bytes, keys: PayloadKeys, manner: Manner
) -> tuple[Picture, Header]:
    """Return the stego image, proved to hold the contents, and its header."""
    flat = usable_samples(cover).copy()
    placement = Placement.of(cover, flat, aead.sealed_length(len(plaintext)), manner, keys)
    header = placement.header
    nonce = randomness.token_bytes(NONCE_BYTES)
    body_keys = keys.body(nonce)
    sealed = seal_header(header, nonce, geometry_of(cover), keys)
    body = aead.seal(body_keys.cipher, body_keys.iv, sealed, plaintext)
    coins = body_keys.coins()
    placement.write(flat, sealed, body, positions=body_keys.positions(), coins=coins)
    stego = dataclasses.replace(cover, samples=with_samples(cover, flat))
    del flat
    if header.mode is Mode.PLANES and header.planes == 1:
        redirect(cover.samples, stego.samples, coins)
    sequence, positions = placement.layout.sequence, body_keys.positions()
    if take(usable_samples(stego), header, sequence, positions=positions) != body:
        raise UnderpaintError("the embedding did not verify; nothing was written")
    return stego, header


def planes_touched(header: Header) -> int:
    """Return in how many bit planes embedding chose bits."""
    if header.mode is not Mode.ADAPTIVE:
        return header.planes
    return header.planes + (LAYERS if header.layers[0] else LAYERS - 1)


def _report(
    cover: Picture, stego: Picture, header: Header, form: Form, manner: Manner, allowed: int
) -> HideReport:
    """Return what is measured on the finished stego image."""
    members = members_of(cover)
    payload = HEADER_BYTES + header.body_bytes
    flaws = cautions(cover)
    error = reported_error(cover, header.mode, payload, flaws, cost=manner.cost)
    return HideReport(
        mode=header.mode.value,
        form=form.value,
        planes=planes_touched(header),
        payload_bytes=payload,
        capacity_bytes=HEADER_BYTES + largest_body(members, header.mode, allowed),
        bits_per_sample=8 * header.body_bytes / members,
        psnr_db=quality.psnr(cover.samples, stego.samples),
        change_rate=quality.change_rate(cover.samples, stego.samples),
        expected_error=error,
        warnings=flaws + caution_of(error),
    )
