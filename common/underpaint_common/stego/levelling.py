"""Costs that make as many samples come to a value as leave it, so that histograms stay.

Steps go up as often as down. A value that many samples have loses to its neighbours what they do
not give back: any such noise smooths a histogram (Harmsen and Pearlman, Steganalysis of additive
noise modelable information hiding, 2003), which makes the two values of a pair more alike, as
chi-square attacks expect it of payload. Come and go are equal where neighbouring values change
equally often; samples of a value that would change too often are made dearer, those of one that
would change too seldom cheaper. For natural histograms that is a few per cent of a probability,
and no direction has to be forced.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.ladder import Weights
from underpaint_common.stego.samples import BLOCK, Samples

_VALUES = 256

_SPREAD = 3.0
"""Over how many values, as a standard deviation, changes are to be equally frequent."""

_MOST = 1.0
"""Probabilities are at most multiplied or divided by the exponential of this."""

_LEAST_SHARE = np.float32(0.1)
"""What is left of a cost at least."""

_DEAREST = np.float32(6e4)
"""The most that half precision is trusted with."""


def level(costs: Weights, samples: Samples, channels: int, scale: float) -> None:
    """Change costs, in place, so that neighbouring values of a channel change equally often.

    Parameters
    ----------
    costs : ndarray of float16 or float32, flat
        What one step up or down costs.
    samples : ndarray of uint8 or uint16, flat, of the same size
        The cover's samples, pixel by pixel. For 16 bits nothing is done: their histograms are too
        thin for anyone to count.
    channels : int
        How many samples a pixel has.
    scale : float
        Factor between costs and natural units of probability.
    """
    if samples.dtype != np.uint8 or scale <= 0:
        return
    changes = np.zeros(channels * _VALUES)
    for part, keys in _parts(samples, channels):
        odds = _odds(costs[part], scale)
        changes += np.bincount(keys, odds, minlength=changes.size)
    dearer = _dearer(changes.reshape(channels, _VALUES)).reshape(-1) / scale
    table = dearer.astype(np.float32)
    for part, keys in _parts(samples, channels):
        before = costs[part].astype(np.float32)
        after = before + table.take(keys)
        np.maximum(after, before * _LEAST_SHARE, out=after)
        costs[part] = np.minimum(after, _DEAREST, out=after)


def _parts(samples: Samples, channels: int) -> Iterator[tuple[slice, NDArray[np.uint16]]]:
    """Yield parts of the samples, each with channel and value of its samples as one number."""
    whole = max(1, BLOCK // channels) * channels
    offsets = np.arange(channels, dtype=np.uint16) * np.uint16(_VALUES)
    for start in range(0, samples.size, whole):
        part = slice(start, min(start + whole, samples.size))
        keys = samples[part].reshape(-1, channels) + offsets
        yield part, keys.reshape(-1)


def _odds(costs: Weights, scale: float) -> NDArray[np.float32]:
    """Return how probable it is that each sample changes."""
    steps = np.multiply(costs, np.float32(-scale), dtype=np.float32)
    np.exp(steps, out=steps)
    steps *= np.float32(2)
    steps /= steps + np.float32(1)
    return steps


def _dearer(changes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much dearer, times scale, a change of each value has to be."""
    reach = int(3 * _SPREAD)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / _SPREAD) ** 2)
    # Beyond both ends there are no values: the mean is over those that there are.
    there = np.convolve(np.ones(_VALUES), kernel, "same")
    wanted = np.stack([np.convolve(each, kernel, "same") / there for each in changes])
    seldom = 1e-3
    found: NDArray[np.float64] = np.log((changes + seldom) / (wanted + seldom)).clip(-_MOST, _MOST)
    return found
