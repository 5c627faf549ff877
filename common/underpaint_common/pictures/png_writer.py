"""PNG files, written while they are compressed (PNG specification, third edition).

Rows are filtered by numpy in blocks that stay in the cache and deflated by ISA-L, so that a
12-megapixel picture takes a tenth of a second, and the first bytes can be sent before the
last are made.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from isal import isal_zlib

from underpaint_common.pictures.picture import GREY, Picture
from underpaint_common.pictures.png_filters import (
    Bytes,
    RowFilter,
    filter_adaptively,
    filter_none,
    filter_up,
)

Compress = Literal["fast", "best"]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BLOCK_BYTES = 256 * 1024
_CHUNK_BYTES = 128 * 1024
_SAMPLE_BYTES = 256 * 1024
_FAST_LEVEL = 1
# On a photograph, level 9 takes seven times as long for 6 % less.
_BEST_LEVEL = 7
_COLOUR_TYPES = {(False, False): 0, (True, False): 2, (False, True): 4, (True, True): 6}


def encode_png(picture: Picture, *, compress: Compress = "fast") -> Iterator[bytes]:
    """Yield a PNG file of a grey or RGB picture, with or without alpha, of 8 or 16 bits.

    Parameters
    ----------
    picture : Picture
        What it says about its colours, and metadata, are written where it has them.
    compress : {"fast", "best"}
        One filter and light deflate, or heavier deflate behind the filter that a sample of
        the picture shrinks most under.
    """
    yield SIGNATURE + _header(picture)
    yield from _ancillary(picture)
    yield from _image_data(picture, compress)
    yield _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes | bytearray | memoryview) -> bytes:
    check = isal_zlib.crc32(body, isal_zlib.crc32(kind))
    return b"".join((struct.pack(">I", len(body)), kind, body, struct.pack(">I", check)))


def _header(picture: Picture) -> bytes:
    colour_type = _COLOUR_TYPES[picture.channels != GREY, picture.alpha is not None]
    fields = (picture.width, picture.height, picture.bit_depth, colour_type, 0, 0, 0)
    return _chunk(b"IHDR", struct.pack(">IIBBBBB", *fields))


def _ancillary(picture: Picture) -> Iterator[bytes]:
    """Yield the chunks that say how the samples look; they stand before the image data."""
    for kind, body in picture.colour_chunks:
        yield _chunk(kind, body)
    if picture.gamma is not None:
        yield _chunk(b"gAMA", struct.pack(">I", min(round(picture.gamma * 100_000), 2**31 - 1)))
    if picture.icc_profile is not None:
        yield _chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(picture.icc_profile))
    if picture.metadata is not None:
        yield _chunk(b"eXIf", picture.metadata)


def _image_data(picture: Picture, compress: Compress) -> Iterator[bytes]:
    """Yield IDAT chunks as the compressor fills them."""
    fast = compress == "fast"
    compressor: Any = (  # the two libraries' types have no name in common
        isal_zlib.compressobj(_FAST_LEVEL) if fast else zlib.compressobj(_BEST_LEVEL)
    )
    waiting = bytearray()
    for block in _filtered_blocks(picture, filter_up if fast else _best_filter(picture)):
        waiting += compressor.compress(block)
        if len(waiting) >= _CHUNK_BYTES:
            yield _chunk(b"IDAT", waiting)
            waiting.clear()
    waiting += compressor.flush()
    yield _chunk(b"IDAT", waiting)


def _best_filter(picture: Picture) -> RowFilter:
    """Return the filter under which rows from top, middle and bottom deflate to least."""
    row_bytes = picture.samples[0].nbytes
    rows = min(picture.height, max(1, _SAMPLE_BYTES // row_bytes))
    tops = sorted({0, (picture.height - rows) // 2, picture.height - rows})
    bands = [_rows_of(picture, slice(top, top + rows)) for top in tops]

    def size(row_filter: RowFilter) -> int:
        compressor = zlib.compressobj(_BEST_LEVEL)
        blocks = (block for band in bands for block in _filtered_blocks(band, row_filter))
        packed = sum(len(compressor.compress(block.data)) for block in blocks)
        return packed + len(compressor.flush())

    return min((filter_adaptively, filter_up, filter_none), key=size)


def _rows_of(picture: Picture, rows: slice) -> Picture:
    alpha = None if picture.alpha is None else picture.alpha[rows]
    return Picture(picture.samples[rows], alpha)


def _filtered_blocks(picture: Picture, row_filter: RowFilter) -> Iterator[Bytes]:
    """Yield filtered rows, a block at a time; each block is overwritten by the next."""
    pixel_bytes = (picture.channels + (picture.alpha is not None)) * picture.bit_depth // 8
    row_bytes = picture.width * pixel_bytes
    rows = min(picture.height, max(1, _BLOCK_BYTES // row_bytes))
    # Row 0 holds the last row of the block before; above the first row, PNG sees zeros.
    plain = np.zeros((rows + 1, row_bytes), np.uint8)
    filtered = np.empty((rows, 1 + row_bytes), np.uint8)
    for top in range(0, picture.height, rows):
        count = min(rows, picture.height - top)
        _fill(picture, top, plain[1 : count + 1])
        row_filter(plain[1 : count + 1], plain[:count], pixel_bytes, filtered[:count])
        yield filtered[:count]
        plain[0] = plain[count]


def _fill(picture: Picture, top: int, rows: Bytes) -> None:
    """Copy rows of the picture, from `top` on, as PNG stores them: big-endian, alpha last."""
    stored = np.dtype(np.uint8 if picture.bit_depth == 8 else ">u2")
    count = len(rows)
    pixels = rows.view(stored).reshape(count, picture.width, -1)
    pixels[:, :, : picture.channels] = picture.samples[top : top + count]
    if picture.alpha is not None:
        pixels[:, :, -1] = picture.alpha[top : top + count]
