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
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.cores import cores
from underpaint_common.stego.costs import MOST
from underpaint_common.stego.ladder import Weights
from underpaint_common.stego.restoring import VALUES
from underpaint_common.stego.samples import Samples

_PART = 1 << 16
"""Samples at a time: what is worked out of them stays in the cache."""

_SPREAD = 3.0
"""Over how many values, as a standard deviation, changes are to be equally frequent."""

_MOST = 1.0
"""Probabilities are at most multiplied or divided by the exponential of this."""

_LEAST_SHARE = np.float32(0.1)
"""What is left of a cost at least."""


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
    parts = list(_parts(samples.size, channels))

    def count(part: slice) -> NDArray[np.float64]:
        found = np.zeros(channels * VALUES)
        keys = _keys(samples[part], channels)
        found += np.bincount(keys, _odds(costs[part], scale), minlength=found.size)
        return found

    with ThreadPoolExecutor(cores()) as pool:
        changes = sum(pool.map(count, parts), np.zeros(channels * VALUES))
        dearer = _dearer(changes.reshape(channels, VALUES)).reshape(-1) / scale
        table = dearer.astype(np.float32)

        def change(part: slice) -> None:
            before = costs[part].astype(np.float32)
            after = before + table.take(_keys(samples[part], channels))
            np.maximum(after, before * _LEAST_SHARE, out=after)
            costs[part] = np.minimum(after, np.float32(MOST), out=after)

        for _ in pool.map(change, parts):
            pass


def _parts(size: int, channels: int) -> Iterator[slice]:
    """Yield parts of so many samples, of whole pixels."""
    whole = max(1, _PART // channels) * channels
    for start in range(0, size, whole):
        yield slice(start, min(start + whole, size))


def _keys(samples: Samples, channels: int) -> NDArray[np.uint16]:
    """Return channel and value of every sample as one number."""
    offsets = np.arange(channels, dtype=np.uint16) * np.uint16(VALUES)
    keys: NDArray[np.uint16] = (samples.reshape(-1, channels) + offsets).reshape(-1)
    return keys


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
    there = np.convolve(np.ones(VALUES), kernel, "same")
    wanted = np.stack([np.convolve(each, kernel, "same") / there for each in changes])
    seldom = 1e-3
    found: NDArray[np.float64] = np.log((changes + seldom) / (wanted + seldom)).clip(-_MOST, _MOST)
    return found
