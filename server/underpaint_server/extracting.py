"""The image work of one upload: from a stego file to the secret in it; runs in a thread."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np

from underpaint_common.crypto.identity import Identity
from underpaint_common.crypto.stego_key import from_identities
from underpaint_common.errors import NothingFound
from underpaint_common.payload import Revealed, reveal
from underpaint_common.pictures import Limits as PictureLimits
from underpaint_common.pictures import (
    encode,
    load_every_reader,
    picture_from_array,
    read_picture,
)
from underpaint_server.bounds import too_large
from underpaint_server.limits import Limits

# With a copy of what is not transparent it takes twice as much: the 12 bytes a pixel that the
# daemon's memory is bounded by. Images of 16 bits with alpha may have fewer pixels.
_DECODED_BYTES_A_PIXEL = 6


def extract(identity: Identity, client_key: bytes, stego: Path, limits: Limits) -> Revealed:
    """Return what a client hid for this server in a stego image.

    Parameters
    ----------
    identity : Identity
        The server's.
    client_key : bytes
        The authenticated sender's; only with it the payload can even be found.
    stego : Path
        The stego image's file.
    limits : Limits
        Bounds of pixels and bytes.

    Raises
    ------
    NothingFound, Damaged, UnusableImage, Refused
    LocalFileError
        The file cannot be read.
    """
    of_stego = PictureLimits(
        max_pixels=limits.pixels,
        max_file_bytes=limits.upload_bytes,
        max_inflated_bytes=limits.pixels * _DECODED_BYTES_A_PIXEL,
    )
    of_secret = PictureLimits(max_inflated_bytes=limits.secret_bytes)
    key = from_identities(identity, client_key, own_is_sender=False)
    revealed = reveal(read_picture(stego, limits=of_stego), key, limits=of_secret)
    if len(revealed.data) > limits.secret_bytes:
        raise too_large("secret", limits.secret_bytes)
    return revealed


def warm_up(identity: Identity) -> None:
    """Look into an image with nothing in it, so that everything is imported before it matters.

    An import holds the interpreter lock, and with it the event loop, for longer than any step
    of the work itself.
    """
    load_every_reader()
    blank = picture_from_array(np.zeros((64, 64, 3), np.uint8))
    key = from_identities(identity, Identity.generate().public, own_is_sender=False)
    with contextlib.suppress(NothingFound):
        reveal(read_picture(b"".join(encode(blank))), key)
