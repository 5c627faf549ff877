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
# All that libtiff takes where it wants a whole number, signed or a directory's offset too.
_INTEGERS = {1: "B", 3: "H", 4: "L", 6: "b", 8: "h", 9: "l", 13: "L", 16: "Q", 17: "q", 18: "Q"}
_BITS, _SAMPLES, _TILE_WIDTH, _TILE_LENGTH = 258, 277, 322, 323


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a directory is stored: formats of `struct` for TIFF or BigTIFF."""

    first: str
    count: struct.Struct
    field: struct.Struct
    offset: str
    order: str

    @classmethod
    def of(cls, head: bytes) -> _Layout:
        order = "<" if head[:2] == b"II" else ">"
        is_big = head.startswith(b"II+")
        first, count, field = ("8xQ", "Q", "HHQ8s") if is_big else ("4xL", "H", "HHL4s")
        entry = struct.Struct(order + field)
        return cls(order + first, struct.Struct(order + count), entry, order + first[-1], order)


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
    known: dict[int, int] = {}
    for field in fields:  # where one stands there twice, readers differ in which they take
        if field.value is not None:
            known[field.tag] = max(field.value, known.get(field.tag, 0))
    _check_tiles(known)


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
        value = _number(file, layout, kind, stored) if values == 1 else None
        yield _Field(tag, kind, values, value)


def _number(file: IO[bytes], layout: _Layout, kind: int, stored: bytes) -> int | None:
    """Return the one number of a field, None where it is not whole or not there."""
    if kind not in _INTEGERS:
        return None
    form = struct.Struct(layout.order + _INTEGERS[kind])
    try:
        if form.size > len(stored):
            file.seek(*struct.unpack(layout.offset, stored))
            stored = file.read(form.size)
        (value,) = form.unpack_from(stored)
    except (struct.error, OSError, ValueError, OverflowError):
        return None
    return int(value)
