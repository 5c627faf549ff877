"""What a TIFF file's directory asks for, checked before Pillow and libtiff obey it.

Pillow makes a Python number of every number in a field while it opens a file, and libtiff sets
a whole tile aside, however small the image is (TIFF 6.0, sections 2 and 15; BigTIFF).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from underpaint_common.errors import UnusableImage

MOST_FIELDS = 4096
MOST_NUMBERS = 1 << 19
"""Enough for offsets and lengths of 262,144 strips."""
MOST_TILE_BYTES = 128 << 20
_HINT = "save it anew, in strips"
_BIG_ENDIAN_BIG_TIFF = b"MM\0+"

# BYTE, ASCII, UNDEFINED: Pillow leaves their bytes as they are.
_BYTES = frozenset({1, 2, 7})
_INTEGERS = {1: "B", 3: "H", 4: "L", 16: "Q"}
_BITS, _SAMPLES, _TILE_WIDTH, _TILE_LENGTH = 258, 277, 322, 323


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a directory is stored: formats of `struct` for TIFF or BigTIFF."""

    first: str
    count: struct.Struct
    field: struct.Struct
    order: str

    @classmethod
    def of(cls, head: bytes) -> _Layout:
        order = "<" if head[:2] == b"II" else ">"
        is_big = head.startswith(b"II+")
        first, count, field = ("8xQ", "Q", "HHQ8s") if is_big else ("4xL", "H", "HHL4s")
        return cls(order + first, struct.Struct(order + count), struct.Struct(order + field), order)


@dataclass(frozen=True, slots=True)
class _Field:
    """One field; `value` is the number of a field that holds just one."""

    tag: int
    kind: int
    count: int
    value: int | None


def check_tiff_directory(file: IO[bytes]) -> None:
    """Refuse a file whose first directory asks for much more than any picture needs.

    Parameters
    ----------
    file : binary file, seekable
        A TIFF or BigTIFF file. What is broken or cut short is left to Pillow.

    Raises
    ------
    UnusableImage
        There are too many fields or numbers, or too large tiles; or it is a big-endian BigTIFF,
        of which Pillow and libtiff read different directories.
    """
    fields = tuple(_fields(file))
    numbers = sum(field.count for field in fields if field.kind not in _BYTES)
    if numbers > MOST_NUMBERS:
        raise UnusableImage(f"the TIFF file has {numbers:,} numbers in its header", hint=_HINT)
    _check_tiles({field.tag: field.value for field in fields if field.value is not None})


def _check_tiles(known: dict[int, int]) -> None:
    width, length = known.get(_TILE_WIDTH, 0), known.get(_TILE_LENGTH, 0)
    # Of several samples the widths do not stand in the field itself; 16 bits are the most.
    sample_bytes = max(1, known.get(_BITS, 16) // 8)
    if width * length * known.get(_SAMPLES, 1) * sample_bytes > MOST_TILE_BYTES:
        raise UnusableImage(f"the TIFF file has tiles of {width:,} x {length:,} pixels", hint=_HINT)


def _fields(file: IO[bytes]) -> Iterator[_Field]:
    """Yield the fields of the first directory.

    Raises
    ------
    UnusableImage
        There are too many, or nobody knows which is the first.
    """
    file.seek(0)
    head = file.read(16)
    if head.startswith(_BIG_ENDIAN_BIG_TIFF):
        raise UnusableImage("big-endian BigTIFF cannot be read", hint="save it as a common TIFF")
    layout = _Layout.of(head)
    try:
        file.seek(*struct.unpack_from(layout.first, head))
        (count,) = layout.count.unpack(file.read(layout.count.size))
    except (struct.error, OSError, ValueError, OverflowError):
        return
    if count > MOST_FIELDS:
        raise UnusableImage(f"the TIFF file has {count:,} fields in its header", hint=_HINT)
    entries = file.read(count * layout.field.size)
    whole = len(entries) // layout.field.size * layout.field.size
    for tag, kind, values, stored in layout.field.iter_unpack(entries[:whole]):
        value = None
        if values == 1 and kind in _INTEGERS:
            (value, *_) = struct.unpack_from(layout.order + _INTEGERS[kind], stored.ljust(8, b"\0"))
        yield _Field(tag, kind, values, value)
