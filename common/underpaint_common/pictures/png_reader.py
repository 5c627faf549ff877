"""PNG files as our writer makes them, inflated straight into samples.

Pillow undoes any mixture of filters, by way of an image of its own with four bytes a pixel.
Rows filtered by the row above, or not at all, need one addition in numpy, so that reading
them here takes half the time and memory, and 16-bit colour needs no second pass. Every other
file is left to Pillow.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

import numpy as np
from isal import igzip_lib, isal_zlib

from underpaint_common.errors import UnusableImage
from underpaint_common.pictures.picture import Samples
from underpaint_common.pictures.pillow_modes import Planes
from underpaint_common.pictures.png_filters import NONE, UP, Bytes

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_SLICE_BYTES = 64 * 1024
_BLOCK_BYTES = 128 * 1024
# Pillow's raw modes of the files that are read here: samples in a pixel, bits of each.
_STORED = {
    "L": (1, 8),
    "LA": (2, 8),
    "RGB": (3, 8),
    "RGBA": (4, 8),
    "I;16B": (1, 16),
    "LA;16B": (2, 16),
    "RGB;16B": (3, 16),
    "RGBA;16B": (4, 16),
}
_READ_HERE = frozenset({NONE, UP})
_WITH_ALPHA = frozenset({2, 4})


def read_rows_filtered_up(image: ImageFile, file: IO[bytes]) -> Planes | None:
    """Return the samples of a PNG whose rows are filtered by the row above or not at all.

    Parameters
    ----------
    image : PngImageFile
        The file opened by Pillow, its pixels not yet decoded; it is left as it was.
    file : binary file
        What the image reads.

    Returns
    -------
    Planes or None
        None for a file that only Pillow can read: interlaced, with a palette or a colour key,
        with other filters, or with chunks behind the image data.

    Raises
    ------
    UnusableImage
        The image data are cut short or fail a checksum.
    """
    stored = _STORED.get(str(image.tile[0].args)) if len(image.tile) == 1 else None
    if stored is None or "interlace" in image.info or "transparency" in image.info:
        return None
    bands, depth = stored
    width, height = image.size
    dtype = np.uint8 if depth == 8 else np.uint16
    alpha = np.empty((height, width), dtype) if bands in _WITH_ALPHA else None
    samples = np.empty((height, width, bands - (alpha is not None)), dtype)
    file.seek(image.tile[0].offset - 8)
    return Planes(samples, alpha) if _read_rows(samples, alpha, file) else None


def _read_rows(samples: Samples, alpha: Samples | None, file: IO[bytes]) -> bool:
    """Fill samples and alpha from the IDAT chunks; return False where Pillow must do it."""
    height, width, channels = samples.shape
    bands = channels + (alpha is not None)
    row_bytes = width * bands * samples.itemsize
    pixels = _Pixels(samples, alpha)
    above = np.zeros(row_bytes, np.uint8)
    top = 0
    for rows in _blocks(_inflated(file), 1 + row_bytes):
        if top + len(rows) > height:
            return False
        filters = rows[:, 0].tolist()
        if not _READ_HERE.issuperset(filters):
            return False
        plain = pixels.room_for(top, len(rows))
        for kind, row, out in zip(filters, rows[:, 1:], plain, strict=True):
            if kind == UP:
                np.add(row, above, out=out)
            else:
                out[:] = row
            above = out
        above = pixels.take(top, plain)
        top += len(rows)
    if top < height:
        raise UnusableImage("the PNG file is cut short")
    return _nothing_follows(file)


class _Pixels:
    """Where rows of bytes become samples: in their own memory, if they lie there as in the file."""

    def __init__(self, samples: Samples, alpha: Samples | None) -> None:
        height, width, channels = samples.shape
        self._samples = samples
        self._alpha = alpha
        self._shape = -1, width, channels + (alpha is not None)
        self._stored = np.dtype(np.uint8 if samples.itemsize == 1 else ">u2")
        is_as_stored = alpha is None and samples.dtype == self._stored
        self._rows = samples.reshape(height, -1).view(np.uint8) if is_as_stored else None

    def room_for(self, top: int, count: int) -> Bytes:
        """Return where the bytes of some rows go, without their filter types."""
        if self._rows is not None:
            return self._rows[top : top + count]
        _, width, bands = self._shape
        return np.empty((count, width * bands * self._stored.itemsize), np.uint8)

    def take(self, top: int, rows: Bytes) -> Bytes:
        """Take the bytes of rows; return the last of them, for the row below."""
        if self._rows is None:
            pixels = rows.view(self._stored).reshape(self._shape)
            self._samples[top : top + len(rows)] = pixels[:, :, : self._samples.shape[2]]
            if self._alpha is not None:
                self._alpha[top : top + len(rows)] = pixels[:, :, -1]
        last: Bytes = rows[-1]
        return last


def _blocks(parts: Iterator[bytes], row_bytes: int) -> Iterator[Bytes]:
    """Yield whole rows, shape (n, row bytes), without copying most; drop what is less than one."""
    begun = bytearray()
    for part in parts:
        start = 0
        if begun:
            start = min(row_bytes - len(begun), len(part))
            begun += part[:start]
            if len(begun) < row_bytes:
                continue
            yield np.frombuffer(begun, np.uint8).reshape(1, -1)
        whole = (len(part) - start) // row_bytes
        if whole:
            yield np.frombuffer(part, np.uint8, whole * row_bytes, start).reshape(whole, -1)
        begun = bytearray(memoryview(part)[start + whole * row_bytes :])


def _inflated(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the image data, never more than a block at once, whatever the compression ratio."""
    engine = igzip_lib.IgzipDecompressor(igzip_lib.DECOMP_ZLIB)
    for part in _image_data(file):
        if engine.eof:
            continue
        yield engine.decompress(part, _BLOCK_BYTES)
        while not (engine.needs_input or engine.eof):
            yield engine.decompress(b"", _BLOCK_BYTES)
    if not engine.eof:
        raise UnusableImage("the PNG file is cut short")


def _image_data(file: IO[bytes]) -> Iterator[bytes]:
    """Yield what the IDAT chunks hold, in slices; leave the file behind the last of them."""
    while True:
        head = file.read(8)
        if head[4:] != b"IDAT":
            file.seek(-len(head), 1)
            return
        left = int.from_bytes(head[:4], "big")
        checksum = isal_zlib.crc32(b"IDAT")
        while left:
            part = file.read(min(left, _SLICE_BYTES))
            if not part:
                raise UnusableImage("the PNG file is cut short")
            checksum = isal_zlib.crc32(part, checksum)
            left -= len(part)
            yield part
        if file.read(4) != struct.pack(">I", checksum):
            raise UnusableImage("the PNG file is broken: a checksum is wrong")


def _nothing_follows(file: IO[bytes]) -> bool:
    """Tell whether the next chunk is the last; others may turn the image or animate it."""
    return file.read(8)[4:] == b"IEND"
