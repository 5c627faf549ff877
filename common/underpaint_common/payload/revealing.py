"""Reveal: a stego image and its key give back the secret, exact, or an error."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from underpaint_common.crypto import aead
from underpaint_common.errors import Damaged, NothingFound
from underpaint_common.payload.compact import PNG, png_of_compact
from underpaint_common.payload.contents import Contents, decode_contents
from underpaint_common.payload.header import open_header
from underpaint_common.payload.keys import PayloadKeys
from underpaint_common.payload.layout import geometry_of, usable_samples
from underpaint_common.payload.modes import Form
from underpaint_common.payload.pixels import png_of
from underpaint_common.payload.placing import find_header, take
from underpaint_common.pictures import Limits, Picture
from underpaint_common.stego.reserved import RESERVED_SAMPLES


@dataclass(frozen=True, slots=True)
class Revealed:
    """What was hidden.

    Parameters
    ----------
    mode, form : str
        How it was placed, and how it travelled.
    name : str
        As embedded: make it safe before using it as a path.
    media_type : str
        As embedded.
    data : bytes
        The secret's file.
    sha256 : bytes
        Of `data`.
    """

    mode: str
    form: str
    name: str
    media_type: str
    data: bytes
    sha256: bytes


def reveal(stego: Picture, key: bytes, *, limits: Limits | None = None) -> Revealed:
    """Return the secret that is hidden in a picture under a key.

    Parameters
    ----------
    stego : Picture
        With the very samples that hiding produced.
    key : bytes
        Stego key, 32 bytes.
    limits : Limits, optional
        Bounds the secret's size after inflation.

    Raises
    ------
    NothingFound
        If there is nothing for this key: a wrong key, an image with nothing in it and a ruined
        header look alike.
    Damaged
        If the header is genuine and the rest is not.
    UnusableImage
        If the secret exceeds a limit.
    """
    keys = PayloadKeys(key)
    flat = usable_samples(stego)
    if flat.size <= RESERVED_SAMPLES:
        raise NothingFound("nothing found for this key: the image is too small to hold anything")
    geometry = geometry_of(stego)
    sealed_header, layout = find_header(flat, geometry, keys)
    header, nonce = open_header(sealed_header, geometry, keys)
    body_keys = keys.body(nonce)
    body = take(flat, header, layout.sequence, positions=body_keys.positions())
    try:
        plaintext = aead.open_sealed(body_keys.cipher, body_keys.iv, sealed_header, body)
    except aead.AuthenticationFailed as error:
        raise Damaged(
            "something is hidden for this key, but the image was changed since",
            hint="resizing, recompressing and editing destroy a payload; ask for the original file",
        ) from error
    limits = limits or Limits()
    contents = decode_contents(plaintext, max_bytes=limits.max_inflated_bytes)
    return _revealed(header.mode.value, contents, limits)


def _revealed(mode: str, contents: Contents, limits: Limits) -> Revealed:
    data, media_type = contents.data, contents.media_type
    if contents.form is Form.PIXELS:
        data = png_of(contents)
    elif contents.form is Form.COMPACT:
        data, media_type = png_of_compact(contents, limits), PNG
    digest = hashlib.sha256(data).digest()
    return Revealed(mode, contents.form.value, contents.name, media_type, data, digest)
