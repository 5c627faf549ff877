"""What embedding did to a cover: mean squared error, PSNR and change rates, as measured.

All work in blocks: beside the two pictures only a few megabytes are needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from underpaint_common.stego.samples import Samples

_BLOCK = 1 << 16


def mse(cover: Samples, stego: Samples) -> float:
    """Return the mean squared error between two arrays of samples.

    Raises
    ------
    ValueError
        If shapes or types differ.
    """
    total = 0
    # A block's sum of squares of 8 bits fits 32 bits, that of 16 bits fits 64: all are exact.
    square, whole = (np.uint16, np.uint32) if cover.dtype == np.uint8 else (np.uint32, np.uint64)
    squares = np.empty(_BLOCK, square)
    for difference in _differences(cover, stego):
        part = squares[: difference.size]
        np.multiply(difference, difference, out=part, dtype=square)
        total += int(part.sum(dtype=whole))
    return total / cover.size if cover.size else 0.0


def psnr(cover: Samples, stego: Samples) -> float:
    """Return the peak signal-to-noise ratio in dB, infinite for equal arrays.

    The peak is that of the samples' own depth: 255 or 65535.

    Raises
    ------
    ValueError
        If shapes or types differ.
    """
    error = mse(cover, stego)
    if error == 0:
        return math.inf
    peak = float(np.iinfo(cover.dtype).max)
    return 10 * math.log10(peak * peak / error)


def change_rate(cover: Samples, stego: Samples) -> float:
    """Return the share of samples that differ, 0 to 1.

    Raises
    ------
    ValueError
        If shapes or types differ.
    """
    changed = sum(int(np.count_nonzero(part)) for part in _differences(cover, stego))
    return changed / cover.size if cover.size else 0.0


def largest_change(cover: Samples, stego: Samples) -> int:
    """Return the largest absolute difference between two samples, in steps of their own depth.

    Raises
    ------
    ValueError
        If shapes or types differ.
    """
    return max((int(part.max()) for part in _differences(cover, stego)), default=0)


def change_rate_per_plane(cover: Samples, stego: Samples) -> tuple[float, ...]:
    """Return for each bit plane, least significant first, the share of samples that differ in it.

    Raises
    ------
    ValueError
        If shapes or types differ.
    """
    depth = 8 * cover.dtype.itemsize
    changed = [0] * depth
    kind = cover.dtype.type
    for one, other in _blocks(cover, stego):
        flipped = one ^ other
        for plane in range(depth):
            changed[plane] += int(np.count_nonzero(flipped & kind(1 << plane)))
    return tuple(count / max(cover.size, 1) for count in changed)


def _differences(cover: Samples, stego: Samples) -> Iterator[Samples]:
    """Yield absolute differences, a block at a time, in memory that is used again."""
    low = np.empty(_BLOCK, cover.dtype)
    high = np.empty(_BLOCK, cover.dtype)
    for one, other in _blocks(cover, stego):
        difference = high[: one.size]
        np.maximum(one, other, out=difference)
        np.minimum(one, other, out=low[: one.size])
        np.subtract(difference, low[: one.size], out=difference)
        yield difference


def _blocks(cover: Samples, stego: Samples) -> Iterator[tuple[Samples, Samples]]:
    check_alike(cover, stego)
    one, other = cover.reshape(-1), stego.reshape(-1)
    for start in range(0, one.size, _BLOCK):
        yield one[start : start + _BLOCK], other[start : start + _BLOCK]


def check_alike(cover: Samples, stego: Samples) -> None:
    """Refuse two arrays that cannot be compared sample by sample.

    Raises
    ------
    ValueError
        If shapes or types differ.
    """
    if cover.shape != stego.shape or cover.dtype != stego.dtype:
        raise ValueError("two pictures of one shape and type are needed")
