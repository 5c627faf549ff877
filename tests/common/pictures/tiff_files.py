"""TIFF files field by field, as no library writes them."""

from __future__ import annotations

import struct

SHORT, LONG, SLONG, IFD, LONG8, SLONG8 = 3, 4, 9, 13, 16, 17
_SIZES = {
    1: "B",
    2: "B",
    SHORT: "H",
    LONG: "L",
    7: "B",
    SLONG: "l",
    IFD: "L",
    LONG8: "Q",
    SLONG8: "q",
}
Fields = dict[int, tuple[int, list[int]]]


def tiff(fields: Fields, data: bytes = b"", *, order: str = "<", big: bool = False) -> bytes:
    """Return a file of one directory; an offset of -1 stands for where `data` begin."""
    first, count, entry, room = (16, "Q", "HHQ", 8) if big else (8, "H", "HHL", 4)
    directory = struct.calcsize(order + count) + len(fields) * (
        struct.calcsize(order + entry) + room
    )
    at = first + directory + room
    lengths = {
        tag: len(values) * struct.calcsize(order + _SIZES[kind])
        for tag, (kind, values) in fields.items()
    }
    start = at + sum(length for length in lengths.values() if length > room)
    entries, outside = b"", b""
    for tag, (kind, values) in sorted(fields.items()):
        stored = struct.pack(
            f"{order}{len(values)}{_SIZES[kind]}", *(start if v == -1 else v for v in values)
        )
        if len(stored) > room:
            pointer = struct.pack(order + ("Q" if big else "L"), at + len(outside))
            outside += stored
            stored = pointer
        entries += struct.pack(order + entry, tag, kind, len(values)) + stored.ljust(room, b"\0")
    name = b"II" if order == "<" else b"MM"
    head = name + struct.pack(order + "HHHQ", 43, 8, 0, 16) if big else b""
    head = head or name + struct.pack(order + "HL", 42, 8)
    body = struct.pack(order + count, len(fields)) + entries + bytes(room)
    return head + body + outside + data


def picture_fields(width: int, height: int, *, bits: int, channels: int) -> Fields:
    """Return the fields of an uncompressed picture in one strip."""
    return {
        256: (SHORT, [width]),
        257: (SHORT, [height]),
        258: (SHORT, [bits] * channels),
        259: (SHORT, [1]),
        262: (SHORT, [2 if channels == 3 else 1]),
        273: (LONG, [-1]),
        277: (SHORT, [channels]),
        278: (SHORT, [height]),
        279: (LONG, [width * height * channels * bits // 8]),
    }
