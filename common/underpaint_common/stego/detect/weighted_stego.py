"""Weighted stego-image analysis, improved (Ker and Boehme, Revisiting weighted stego-image, 2008).

Every sample is predicted from its neighbours. Replacement pulls samples towards their own
partner, and that shows in the correlation of the prediction's error with the direction of the
partner; smooth regions, where predictions are good, weigh most. Predictor and weights are the
paper's; its correction for payload in the neighbours themselves made no estimate better here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.samples import Samples

_STRIP_ROWS = 256
_FLATNESS = 5.0


def weighted_stego(channel: Samples) -> float:
    """Return the estimated share of samples that bear payload by replacement in plane 0.

    Parameters
    ----------
    channel : ndarray of uint8 or uint16, shape (height, width)
        One colour channel of at least 3 pixels each way.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ValueError
        If this is not one channel, or it is too small.
    """
    if channel.ndim != 2 or min(channel.shape) < 3:
        raise ValueError("one channel of shape (height, width), at least 3 each way, is needed")
    sums = np.zeros(2)
    for top in range(0, channel.shape[0] - 2, _STRIP_ROWS):
        sums += _sums(channel[top : top + _STRIP_ROWS + 2])
    weights, correlation = sums.tolist()
    return min(max(2 * correlation / weights, 0.0), 1.0)


def _sums(rows: Samples) -> NDArray[np.float64]:
    """Return the sums of weights and of weighted correlation in a strip."""
    stego = rows.astype(np.float32)
    inner = rows[1:-1, 1:-1]
    from_partner = 2 * (inner & inner.dtype.type(1)).astype(np.float32) - 1
    weight = 1 / (_FLATNESS + _local_variance(stego))
    error = stego[1:-1, 1:-1] - _predict(stego)
    parts = (weight, weight * from_partner * error)
    return np.array([float(part.sum(dtype=np.float64)) for part in parts])


def _predict(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each inner value as its neighbours predict it: half the sides, less the corners."""
    sides = values[:-2, 1:-1] + values[2:, 1:-1] + values[1:-1, :-2] + values[1:-1, 2:]
    corners = values[:-2, :-2] + values[:-2, 2:] + values[2:, :-2] + values[2:, 2:]
    return sides * np.float32(0.5) - corners * np.float32(0.25)


def _local_variance(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the variance of the four side neighbours of each inner value."""
    sides = np.stack((values[:-2, 1:-1], values[2:, 1:-1], values[1:-1, :-2], values[1:-1, 2:]))
    return np.asarray(sides.var(axis=0), np.float32)
