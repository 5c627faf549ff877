"""How many bits each layer bears, and how dear a step must be for that: payload-limited embedding.

With probability ``exp(-scale * cost) / sum`` for every class the changes cost least for the bits
they bear (Filler and Fridrich 2010); `scale` is found by bisection on a part of the samples.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Doubles: TypeAlias = NDArray[np.float64]

_STEPS = 60


@dataclass(frozen=True, slots=True)
class Division:
    """What a payload asks for.

    Parameters
    ----------
    scale : float
        Factor between costs and natural units of probability.
    shares : tuple of float
        Bits per sample that each layer bears at best, the highest layer first.
    """

    scale: float
    shares: tuple[float, ...]


def divide(energies: Doubles, rate: float) -> Division:
    """Return scale and shares for a payload rate.

    Parameters
    ----------
    energies : ndarray of float64, shape (classes, n)
        Costs of some representative samples, unscaled.
    rate : float
        Bits per sample in all layers together.
    """
    above = energies - energies.min(axis=0)
    typical = float(np.median(above[above > 0])) if (above > 0).any() else 1.0
    low, high = 1e-7 / typical, 1e7 / typical
    for _ in range(_STEPS):
        middle = float(np.sqrt(low * high))
        if _entropy(_probabilities(above, middle)) > rate:
            low = middle
        else:
            high = middle
        if high / low < 1 + 1e-4:
            break
    return Division(low, _shares(_probabilities(above, low)))


def rows_of(division: Division, bits: int, steps: int, least: int) -> tuple[int, ...]:
    """Return how many message bits a lane bears in each layer, the highest layer first.

    Parameters
    ----------
    bits : int
        Message bits a lane, in all layers together; at most ``steps`` times the layers.
    steps : int
        Samples a lane: no layer bears more.
    least : int
        The fewest that a layer can bear, if it bears any.
    """
    total = sum(division.shares) or 1.0
    rows = []
    left = bits
    for place, share in enumerate(division.shares[:-1]):
        below = len(division.shares) - 1 - place
        wanted = max(round(bits * share / total), left - below * steps)
        wanted = min(wanted, steps, left)
        if wanted < least or left - wanted < least:
            wanted = max(left - below * steps, 0)
        rows.append(wanted)
        left -= wanted
    return (*rows, left)


def _probabilities(above: Doubles, scale: float) -> Doubles:
    weights: Doubles = np.exp(-np.minimum(above * scale, 700.0))
    weights /= weights.sum(axis=0)
    return weights


def _entropy(probabilities: Doubles) -> float:
    """Return the mean entropy in bits."""
    logs = np.log2(np.maximum(probabilities, 1e-300))
    return float(-(probabilities * logs).sum(axis=0).mean())


def _shares(probabilities: Doubles) -> tuple[float, ...]:
    """Return what the entropy of each bit adds to that of the bits above it."""
    sums = [probabilities]
    while sums[-1].shape[0] > 1:
        sums.append(sums[-1][0::2] + sums[-1][1::2])
    entropies: Sequence[float] = [_entropy(each) for each in reversed(sums)]
    return tuple(max(b - a, 0.0) for a, b in itertools.pairwise(entropies))
