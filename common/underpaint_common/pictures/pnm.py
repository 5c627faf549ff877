"""Binary PBM, PGM and PPM files (Netpbm), with 16-bit samples kept at 16 bits."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from underpaint_common.errors import UnusableImage
from underpaint_common.pictures.limits import Limits
from underpaint_common.pictures.picture import GREY, RGB, Picture, Samples

_GAP = rb"(?:\s|#[^\r\n]*[\r\n])+"
_BITMAP_HEADER = re.compile(rb"P4" + _GAP + rb"(\d{1,10})" + _GAP + rb"(\d{1,10})\s")
_HEADER = re.compile(
    rb"P[56]" + _GAP + rb"(\d{1,10})" + _GAP + rb"(\d{1,10})" + _GAP + rb"(\d{1,5})\s"
)
_MAX_HEADER_BYTES = 64 * 1024
_WRITE_BYTES = 256 * 1024


def read_pnm(data: bytes, limits: Limits) -> Picture:
    """Read the first picture of a binary PNM file.

    Values of a maximum other than 255 and 65535 are stretched to the whole range, as viewers
    do, with a notice.

    Raises
    ------
    UnusableImage
        The file is broken or over a limit.
    """
    if data[:2] == b"P4":
        return _read_bitmap(data, limits)
    header = _HEADER.match(data[:_MAX_HEADER_BYTES])
    if header is None:
        raise UnusableImage("the PPM header is broken")
    width, height, maximum = map(int, header.groups())
    if not 0 < maximum < 65536:
        raise UnusableImage(f"the PPM header names a maximum of {maximum}")
    channels = RGB if data[1:2] == b"6" else GREY
    stored = np.dtype(np.uint8 if maximum < 256 else ">u2")
    limits.check_pixels(width, height, channels * stored.itemsize)
    values = _values(data, header.end(), width * height * channels, stored)
    samples, notices = _whole_range(values, maximum)
    return Picture(
        samples=samples.reshape(height, width, channels), notices=notices, source_format="PPM"
    )


def encode_pnm(picture: Picture) -> Iterator[bytes]:
    """Write a grey or RGB picture without alpha as PGM or PPM, most significant byte first."""
    kind = 6 if picture.channels == RGB else 5
    maximum = (1 << picture.bit_depth) - 1
    yield b"P%d\n%d %d\n%d\n" % (kind, picture.width, picture.height, maximum)
    flat = picture.samples.reshape(-1)
    stored = np.dtype(np.uint8 if picture.bit_depth == 8 else ">u2")
    step = _WRITE_BYTES // stored.itemsize
    for start in range(0, flat.size, step):
        yield flat[start : start + step].astype(stored).tobytes()


def _read_bitmap(data: bytes, limits: Limits) -> Picture:
    header = _BITMAP_HEADER.match(data[:_MAX_HEADER_BYTES])
    if header is None:
        raise UnusableImage("the PBM header is broken")
    width, height = map(int, header.groups())
    limits.check_pixels(width, height, 1)
    row_bytes = -(-width // 8)
    packed = _values(data, header.end(), row_bytes * height, np.dtype(np.uint8))
    bits = np.unpackbits(
        packed.astype(np.uint8, copy=False).reshape(height, row_bytes), axis=1, count=width
    )
    samples = np.where(bits[:, :, np.newaxis], np.uint8(0), np.uint8(255))
    return Picture(
        samples=np.ascontiguousarray(samples),
        notices=("1-bit image turned into 8-bit grey",),
        source_format="PPM",
    )


def _values(
    data: bytes, offset: int, count: int, stored: np.dtype[np.uint8 | np.uint16]
) -> Samples:
    if len(data) - offset < count * stored.itemsize:
        raise UnusableImage("the file is cut short")
    return np.frombuffer(data, stored, count, offset)


def _whole_range(values: Samples, maximum: int) -> tuple[Samples, tuple[str, ...]]:
    """Return samples in native order over the whole range of their type."""
    top = 255 if maximum < 256 else 65535
    target = np.uint8 if maximum < 256 else np.uint16
    if maximum == top:
        return values.astype(target), ()
    table = np.arange(top + 1, dtype=np.uint64)
    table = np.minimum(
        (table * np.uint64(top) + np.uint64(maximum // 2)) // np.uint64(maximum), top
    )
    return table.astype(target)[values], (f"samples of 0 to {maximum} stretched to 0 to {top}",)
