"""What one step of a sample costs: cheap in texture, dear where everything is smooth.

HILL (Li, Wang, Huang and Li, A new cost function for spatial image steganography, 2014): a
high-pass residual, averaged over 3 x 3, inverted, averaged over 15 x 15. Only the embedder needs
costs; an extractor does not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.ladder import Floats
from underpaint_common.stego.samples import Samples

_STRIP = 96
_NEAR, _FAR = 3, 15
_MARGIN = 1 + _NEAR // 2 + _FAR // 2
LEAST, MOST = 1e-4, 6e4
"""Bounds of what is kept in half precision."""


def texture(samples: Samples) -> NDArray[np.float16]:
    """Return the cost of one step up or down for every sample, channel by channel.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16, shape (height, width, channels)
        The cover.

    Returns
    -------
    ndarray of float16, same shape
        Relative costs; each channel is looked at on its own.
    """
    costs = np.empty(samples.shape, np.float16)
    # Costs of 16-bit samples are to lie where those of 8 bits do.
    unit = np.float32(1 if samples.dtype == np.uint8 else 1 / 257)
    for channel in range(samples.shape[2]):
        for top in range(0, samples.shape[0], _STRIP):
            bottom = min(top + _STRIP, samples.shape[0])
            rows = np.arange(top - _MARGIN, bottom + _MARGIN)
            strip = samples[_mirrored(rows, samples.shape[0]), :, channel].astype(np.float32)
            costs[top:bottom, :, channel] = _hill(strip * unit)
    return costs


def _hill(strip: Floats) -> Floats:
    """Return the costs of a strip that has `_MARGIN` more rows on either side."""
    columns = np.arange(-_MARGIN, strip.shape[1] + _MARGIN)
    wide = np.ascontiguousarray(strip[:, _mirrored(columns, strip.shape[1])])
    down = wide[:-2] + wide[2:] - np.float32(2) * wide[1:-1]
    residual = np.abs(down[:, :-2] + down[:, 2:] - np.float32(2) * down[:, 1:-1])
    near = _sums(residual, _NEAR)
    np.multiply(near, np.float32(1 / _NEAR**2), out=near)
    np.maximum(near, np.float32(1e-10), out=near)
    np.divide(np.float32(1), near, out=near)
    far = _sums(near, _FAR) * np.float32(1 / _FAR**2)
    return np.clip(far, np.float32(LEAST), np.float32(MOST), out=far)


def _sums(values: Floats, side: int) -> Floats:
    """Return the sums over all squares of a side that lie inside."""
    down = _runs(values, side, axis=0)
    return _runs(down, side, axis=1)


def _runs(values: Floats, length: int, axis: int) -> Floats:
    """Return sums of so many consecutive values, put together from sums of 1, 2, 4, ..."""
    count = values.shape[axis] - length + 1
    total: Floats | None = None
    start, width, current = 0, 1, values
    left = length
    while left:
        if left & 1:
            part = _part(current, start, count, axis)
            total = part.copy() if total is None else np.add(total, part, out=total)
            start += width
        left >>= 1
        if left:
            size = current.shape[axis] - width
            current = _part(current, 0, size, axis) + _part(current, width, size, axis)
            width *= 2
    if total is None:
        raise ValueError("a run has at least one value")
    return total


def _part(values: Floats, start: int, count: int, axis: int) -> Floats:
    return values[start : start + count] if axis == 0 else values[:, start : start + count]


def _mirrored(places: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Return places beyond the edges folded back, the edge itself twice."""
    folded = places % (2 * size)
    return np.where(folded < size, folded, 2 * size - 1 - folded)
