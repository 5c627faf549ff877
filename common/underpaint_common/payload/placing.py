"""The body into flat samples and out again, by the mode that the header names."""

from __future__ import annotations

from underpaint_common.errors import Damaged
from underpaint_common.payload.header import Header
from underpaint_common.payload.modes import Mode
from underpaint_common.stego import classic, planes
from underpaint_common.stego.samples import ByteStream, Samples
from underpaint_common.stego.sequence import Sequence


def place(
    flat: Samples,
    body: bytes,
    header: Header,
    sequence: Sequence,
    *,
    positions: ByteStream,
    coins: ByteStream,
) -> None:
    """Embed a sealed body, in place.

    Raises
    ------
    ValueError
        If it does not fit.
    """
    if header.mode is Mode.CLASSIC:
        classic.embed(flat, body, sequence=sequence, planes=header.planes)
    else:
        planes.embed(flat, body, sequence=sequence, positions=positions, coins=coins)


def take(flat: Samples, header: Header, sequence: Sequence, *, positions: ByteStream) -> bytearray:
    """Return the sealed body that `place` embedded.

    Raises
    ------
    Damaged
        If the header speaks of a body that cannot be in there.
    """
    length = header.body_bytes
    try:
        if header.mode is Mode.CLASSIC:
            return classic.extract(flat, length, sequence=sequence, planes=header.planes)
        return planes.extract(flat, length, sequence=sequence, positions=positions)
    except ValueError as error:
        raise Damaged("the header speaks of more than this image can hold") from error
