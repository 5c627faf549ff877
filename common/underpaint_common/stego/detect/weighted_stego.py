"""Weighted stego-image analysis, improved (Ker and Boehme, Revisiting weighted stego-image, 2008).

Every sample is predicted from its neighbours. Replacement pulls samples towards their own
partner, and that shows in the correlation of the prediction's error with the direction of the
partner; smooth regions, where predictions are good, weigh most. The predictor is fitted to the
picture (two coefficients, for the sides and the corners), and what payload in the neighbours
themselves does to predictions is corrected, both as in the paper.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.detect.roots import share
from underpaint_common.stego.samples import Samples
from underpaint_common.stego.tiles import check_channel, tiles

_FLATNESS = np.float32(5)


def weighted_stego(channel: Samples, *, bounded: bool = True) -> float:
    """Return the estimated share of samples that bear payload by replacement in plane 0.

    Parameters
    ----------
    channel : ndarray of uint8 or uint16, shape (height, width)
        One colour channel of at least 3 pixels each way.
    bounded : bool
        False returns the estimate as it falls, also below 0 or above 1, as thresholds want it.

    Returns
    -------
    float
        0 to 1 where bounded.

    Raises
    ------
    ValueError
        If this is not one channel, or it is too small.
    """
    check_channel(channel, 3)
    sums = np.zeros(7)
    for part in tiles(channel, rows=2, columns=2):
        sums += _sums(part)
    weight, error, slope, fit, spread, parity, parity_slope = sums.tolist()
    # What the sides bear, less what the corners do; a flat picture fits any filter.
    sides = fit / spread if spread else 2.0
    estimate = 2 * (error - sides * slope) / weight
    correction = (parity + sides * parity_slope) / weight
    return share(estimate * (1 - correction), bounded=bounded)


def trust(
    top: NDArray[np.float32],
    bottom: NDArray[np.float32],
    left: NDArray[np.float32],
    right: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return what samples weigh: more where their four side neighbours differ little.

    Parameters
    ----------
    top, bottom, left, right : ndarray of float32, any one shape
        The neighbours' values.

    Returns
    -------
    ndarray of float32, same shape
        ``1 / (5 + variance)``, the variance that of the four.
    """
    # From differences, since squares of 16-bit values outgrow single precision.
    upright, level, between = top - bottom, left - right, top + bottom - left - right
    within = (upright * upright + level * level) * np.float32(2)
    variance = (within + between * between) * np.float32(1 / 16)
    weights: NDArray[np.float32] = np.reciprocal(_FLATNESS + variance)
    return weights


def _sums(tile: Samples) -> list[float]:
    """Return the weighted sums over a tile from which predictor and estimate follow.

    With c the mean of the corners and u the mean of the sides less c, the prediction is
    ``c + sides * u``: everything asked for is linear in the one coefficient that is fitted.
    """
    values = tile.astype(np.float32)
    signs = (tile & tile.dtype.type(1)).astype(np.float32) * np.float32(2) - np.float32(1)
    corners, slope = _neighbours(values)
    parity, parity_slope = _neighbours(signs)
    error = values[1:-1, 1:-1] - corners
    weight = trust(values[:-2, 1:-1], values[2:, 1:-1], values[1:-1, :-2], values[1:-1, 2:])
    towards = weight * signs[1:-1, 1:-1]
    weighted = weight * slope
    return [
        float(weight.sum(dtype=np.float64)),
        _inner(towards, error),
        _inner(towards, slope),
        _inner(weighted, error),
        _inner(weighted, slope),
        _inner(towards, parity),
        _inner(towards, parity_slope),
    ]


def _neighbours(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return of each inner value the corners' mean, and the sides' mean less it."""
    level = values[:, :-2] + values[:, 2:]
    corners = (level[:-2] + level[2:]) * np.float32(0.25)
    sides = (values[:-2, 1:-1] + values[2:, 1:-1] + level[1:-1]) * np.float32(0.25)
    return corners, sides - corners


def _inner(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(np.dot(one.reshape(-1), other.reshape(-1)))
