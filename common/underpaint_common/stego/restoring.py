"""How many changes of each value go up, so that histograms and pairs of values stay as they were.

Plus-minus-one embedding is free to choose directions. Choosing them by lot shows in two ways.
At 0 and at the maximum there is one direction only, the one that replacement takes too: what is
measured on pairs 2k, 2k + 1 finds that surplus. And noise of any kind smooths a histogram (Harmsen
and Pearlman, Steganalysis of additive noise modelable information hiding, 2003), which makes
the two values of a pair more alike, as chi-square attacks expect it of payload.

So the directions are chosen together, value by value: as many steps across pairs as within them,
weighted as detectors weigh samples, the ends included; neighbouring values as unlike as before;
and otherwise as near to a lot's outcome as can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

VALUES = 256

Table: TypeAlias = NDArray[np.float64]
"""Shape (channels, VALUES)."""

_SHAPE_COUNTS = 100.0
"""How much a deviation of the histogram counts, in its own variance, against one of a lot's."""
_BALANCE_COUNTS = 300.0
"""The same for a surplus of steps within pairs, so high that other wishes yield to it."""
_DESCENTS = 100
_HALVINGS = 6
"""So many descents and halvings take 20 ms for three channels."""
_SHARPEST = 3.0
"""The most that targets exaggerate a histogram's roughness, to make up for what is lost."""


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """What is counted in a cover and its changes, in every channel and for every value.

    Parameters
    ----------
    samples : ndarray of float64, shape (channels, 256)
        The cover's histogram.
    changes : ndarray of float64, same shape
        How many samples of that value will go up or down by one.
    weights : sequence of ndarray of float64, same shape
        Sums over these changes of what different detectors weigh them by.
    """

    samples: Table
    changes: Table
    weights: tuple[Table, ...]


def rising(tally: Tally) -> Table:
    """Return which share of the changes of each value should go up.

    Parameters
    ----------
    tally : Tally
        Of a cover of 8 bits and of its changes.

    Returns
    -------
    ndarray of float64, shape (channels, 256)
        0 to 1; 1 for value 0, and 0 for 255.
    """
    problem = _Problem.of(tally)
    before = _roughness(tally.samples)
    low = np.ones((len(before), 1))
    ups = problem.solve(low)
    high = np.where(problem.roughness(ups) < before, _SHARPEST, low)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        ups = problem.solve(middle)
        smooth = problem.roughness(ups) < before
        low, high = np.where(smooth, middle, low), np.where(smooth, high, middle)
    changes = tally.changes
    shares = np.divide(ups, changes, out=np.full_like(ups, 0.5), where=changes > 0).clip(0, 1)
    shares[:, 0], shares[:, -1] = 1, 0
    return shares


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """Least squares in z, where ``changes / 2 + z * spread`` go up and a lot's z have variance 1.

    Parameters
    ----------
    tally : Tally
        What is given.
    spread : ndarray
        The standard deviation of a lot.
    least, most : ndarray
        Bounds of z: all down, all up.
    balances : tuple of ndarray
        Unit vectors; the product with z is the surplus of steps within pairs, by number and by
        every weight.
    precision : ndarray
        Weights of the deviations of the histogram.
    steps : ndarray
        How far a descent may go, for every coordinate, without overshooting.
    """

    tally: Tally
    spread: Table
    least: Table
    most: Table
    balances: tuple[Table, ...]
    precision: Table
    steps: Table

    @classmethod
    def of(cls, tally: Tally) -> _Problem:
        """Return the problem that a tally poses."""
        changes = tally.changes
        limit = np.sqrt(changes)
        spread = limit / 2
        least, most = -limit, limit.copy()
        least[:, 0], most[:, -1] = limit[:, 0], -limit[:, -1]
        within = np.where(np.arange(VALUES) % 2 == 0, limit, -limit)
        weighted = (
            within * np.divide(each, changes, out=np.zeros_like(changes), where=changes > 0)
            for each in tally.weights
        )
        balances = (_unit(within), *map(_unit, weighted))
        precision = _SHAPE_COUNTS / (tally.samples + 1)
        # Gershgorin's bound of the curvature, coordinate by coordinate.
        reach = _from_below(precision * (_from_below(spread) + _from_above(spread)))
        reach += _from_above(precision * (_from_below(spread) + _from_above(spread)))
        steps = 1 / (1 + len(balances) * _BALANCE_COUNTS + spread * reach)
        return cls(tally, spread, least, most, balances, precision, steps)

    def solve(self, sharpness: Table) -> Table:
        """Return how many changes of each value should go up; `sharpness` is that of the target.

        Accelerated projected descent (Beck and Teboulle, A fast iterative shrinkage-thresholding
        algorithm, 2009).
        """
        samples = self.tally.samples
        target = (sharpness - 1) / 2 * (samples - (_from_below(samples) + _from_above(samples)) / 2)
        target[:, 0] = target[:, -1] = 0
        missing = self._shifted(self.tally.changes / 2) - target
        z = ahead = np.zeros_like(samples).clip(self.least, self.most)
        momentum = 1.0
        for _ in range(_DESCENTS):
            moved = self.spread * ahead
            deviation = missing + _from_below(moved) - _from_above(moved)
            deviation *= self.precision
            slope = ahead + self.spread * (_from_above(deviation) - _from_below(deviation))
            for balance in self.balances:
                surplus = (balance * ahead).sum(axis=1, keepdims=True)
                slope += _BALANCE_COUNTS * surplus * balance
            found = (ahead - self.steps * slope).clip(self.least, self.most)
            following = (1 + np.sqrt(1 + 4 * momentum * momentum)) / 2
            ahead = found + (momentum - 1) / following * (found - z)
            z, momentum = found, following
        ups: Table = self.tally.changes / 2 + z * self.spread
        return ups

    def roughness(self, ups: Table) -> Table:
        """Return how rough the histogram is after so many changes went up."""
        return _roughness(self.tally.samples + self._shifted(ups))

    def _shifted(self, ups: Table) -> Table:
        """Return by how much the histogram differs after so many changes went up."""
        changes = self.tally.changes
        return _from_below(ups) + _from_above(changes - ups) - changes


def _unit(vector: Table) -> Table:
    """Return a vector over what is free to choose as one, larger where much is not."""
    inner = vector[:, 1:-1]
    length: Table = np.sqrt((inner * inner).sum(axis=1, keepdims=True))
    return np.divide(vector, length, out=np.zeros_like(vector), where=length > 0)


def _from_below(table: Table) -> Table:
    """Return of every value what the value below has."""
    moved = np.zeros_like(table)
    moved[:, 1:] = table[:, :-1]
    return moved


def _from_above(table: Table) -> Table:
    """Return of every value what the value above has."""
    moved = np.zeros_like(table)
    moved[:, :-1] = table[:, 1:]
    return moved


def _roughness(samples: Table) -> Table:
    """Return the sum of squared differences of neighbouring values, each in its own variance."""
    below, above = samples[:, :-1], samples[:, 1:]
    squares = (below - above) ** 2 / np.maximum(below + above, 1)
    total: Table = squares.sum(axis=1, keepdims=True)
    return total
