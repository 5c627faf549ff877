"""What embedding did to a cover: mean squared error, PSNR, SSIM and change rates, as measured.

All work in blocks: beside the two pictures only a few megabytes are needed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.samples import Samples

_BLOCK = 1 << 16
_STRIP_ROWS = 64
_SIGMA = 1.5
_RADIUS = 5
_K1, _K2 = 0.01, 0.03


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


def ssim(cover: Samples, stego: Samples) -> float:
    """Return the mean structural similarity, 1 for equal pictures.

    With a Gaussian window of sigma 1.5 cut at radius 5, over the pixels whose window lies inside
    the picture, averaged over channels (Wang, Bovik, Sheikh and Simoncelli, Image quality
    assessment: from error visibility to structural similarity, 2004).

    Parameters
    ----------
    cover, stego : ndarray of uint8 or uint16, shape (height, width) or (height, width, channels)
        At least 11 pixels in height and width.

    Raises
    ------
    ValueError
        If shapes or types differ, or the pictures are too small.
    """
    _check(cover, stego)
    if cover.ndim == 2:
        cover, stego = cover[:, :, None], stego[:, :, None]
    if cover.ndim != 3 or min(cover.shape[:2]) <= 2 * _RADIUS:
        raise ValueError(f"SSIM needs pictures of at least {2 * _RADIUS + 1} pixels each way")
    total, count = 0.0, 0
    for channel in range(cover.shape[2]):
        for top in range(0, cover.shape[0] - 2 * _RADIUS, _STRIP_ROWS):
            rows = slice(top, top + _STRIP_ROWS + 2 * _RADIUS)
            one, other = cover[rows, :, channel], stego[rows, :, channel]
            similarity = _similarity(one.astype(np.float64), other.astype(np.float64), cover.dtype)
            total += float(similarity.sum())
            count += similarity.size
    return total / count


def _similarity(
    x: NDArray[np.float64], y: NDArray[np.float64], kind: np.dtype[np.uint8 | np.uint16]
) -> NDArray[np.float64]:
    """Return the index of every pixel whose window lies inside (equation 13)."""
    peak = float(np.iinfo(kind).max)
    c1, c2 = (_K1 * peak) ** 2, (_K2 * peak) ** 2
    mean_x, mean_y = _smooth(x), _smooth(y)
    variance = _smooth(x * x) - mean_x * mean_x + _smooth(y * y) - mean_y * mean_y
    covariance = _smooth(x * y) - mean_x * mean_y
    structure = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    similarity: NDArray[np.float64] = structure / (
        (mean_x * mean_x + mean_y * mean_y + c1) * (variance + c2)
    )
    return similarity


def _smooth(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return local means under the Gaussian window, for windows that lie inside."""
    offsets = np.arange(-_RADIUS, _RADIUS + 1)
    weights = np.exp(-0.5 * (offsets / _SIGMA) ** 2)
    weights /= weights.sum()
    height, width = values.shape[0] - 2 * _RADIUS, values.shape[1] - 2 * _RADIUS
    down = sum(weight * values[i : i + height] for i, weight in enumerate(weights.tolist()))
    down = np.asarray(down)
    return np.asarray(
        sum(weight * down[:, i : i + width] for i, weight in enumerate(weights.tolist()))
    )


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
    _check(cover, stego)
    one, other = cover.reshape(-1), stego.reshape(-1)
    for start in range(0, one.size, _BLOCK):
        yield one[start : start + _BLOCK], other[start : start + _BLOCK]


def _check(cover: Samples, stego: Samples) -> None:
    if cover.shape != stego.shape or cover.dtype != stego.dtype:
        raise ValueError("two pictures of one shape and type are needed")
