"""What a PNG file says about its colours besides gamma and profile, kept as it stands there.

A gamma without the primaries that belong to it means other colours, and HDR pictures are nothing
without their code points (PNG specification, third edition, section 11.3.2).
"""

from __future__ import annotations

import os
import struct
from typing import IO

Chunk = tuple[bytes, bytes]

_LENGTHS = {b"cICP": 4, b"cHRM": 32, b"sRGB": 1, b"mDCV": 24, b"cLLI": 8}
_MOST_CHUNKS = 4096
_SIGNATURE_BYTES = 8
# White, red, green and blue in the CIE's x and y, times 100,000, as of sRGB.
_SRGB_PRIMARIES = (31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
_TOLERANCE = 200
# Colour primaries and transfer of sRGB, no matrix, full range (ITU-T H.273).
_SRGB_CODE_POINTS = bytes((1, 13, 0, 1))


def colour_chunks(file: IO[bytes]) -> tuple[Chunk, ...]:
    """Return the chunks about colour, names and bodies, each once, in the order of the file.

    Parameters
    ----------
    file : binary file, seekable
        A PNG file. What is broken or cut short has none, and is left to others.
    """
    file.seek(_SIGNATURE_BYTES)
    found: dict[bytes, bytes] = {}
    for _ in range(_MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8 or head[4:] == b"IDAT":
            break
        length, kind = int.from_bytes(head[:4]), head[4:]
        if length == _LENGTHS.get(kind):
            found.setdefault(kind, file.read(length))
            length = 0
        file.seek(length + 4, os.SEEK_CUR)
    return tuple(each for each in found.items() if len(each[1]) == _LENGTHS[each[0]])


def are_srgb(chunks: tuple[Chunk, ...], *, has_profile: bool) -> bool:
    """Tell whether colours are shown as well without these chunks.

    Parameters
    ----------
    chunks : tuple of Chunk
        As `colour_chunks` returns them.
    has_profile : bool
        Whether there is a profile, which counts for more than primaries.
    """
    said = dict(chunks)
    primaries = struct.unpack(">8I", said.get(b"cHRM", struct.pack(">8I", *_SRGB_PRIMARIES)))
    near = zip(primaries, _SRGB_PRIMARIES, strict=True)
    are_near = all(abs(one - other) <= _TOLERANCE for one, other in near)
    return said.get(b"cICP", _SRGB_CODE_POINTS) == _SRGB_CODE_POINTS and (has_profile or are_near)
