"""The values a sample may take, what each costs, and what that makes every layer's bit cost.

With d low planes written directly and n coded layers a sample may become any value whose d low bits
are the given ones; its next n bits put those values into ``2**n`` classes, of each of which only
the cheapest counts. The coded bits are decided layer by layer, the highest first: a bit's cost is
the difference in free energy between the classes that have it and those that do not, given the
bits above (the chain rule; Filler and Fridrich, Minimizing additive distortion functions with
non-binary embedding operation in steganography, 2010).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.samples import Octets

Floats: TypeAlias = NDArray[np.float32]
Weights: TypeAlias = NDArray[Any]
Values: TypeAlias = NDArray[np.int32]
Steps: TypeAlias = NDArray[np.int8]
"""Directions: -1, 0 or 1."""

_OUT_OF_RANGE = np.float32(1e6)
DEAREST = np.float32(1e5)

_WITH, _AGAINST = 1 / 5, 10
"""Factors of a step in the direction that its neighbours took, and of one against it."""

_UP = np.array([_AGAINST, 1, _WITH], np.float32)
_DOWN = _UP[::-1].copy()


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """What steps cost: none beyond the range is ever taken.

    One step costs ``up`` or ``down``, d steps ``d**2`` times the greater of the two: three steps
    up, which end in the class of one down, never stand in for it.

    Parameters
    ----------
    up, down : ndarray of float16 or float32, or None
        Cost of one step, for each sample; None is 1 for all of them.
    lowest, highest : int
        Range of values.
    lean : ndarray of int8, or None
        The direction that each sample's neighbours took, -1, 0 or 1: to follow them is cheaper.
    """

    up: Weights | None
    down: Weights | None
    lowest: int
    highest: int
    lean: Steps | None = None

    def part(self, where: slice) -> Prices:
        """Return the prices of some samples, what they lean to worked in."""
        some = self.through(lambda each: each[where])
        if some.lean is None or some.up is None or some.down is None:
            return some
        towards = some.lean + np.int8(1)
        up, down = some.up * _UP.take(towards), some.down * _DOWN.take(towards)
        return Prices(up, down, self.lowest, self.highest)

    def through(self, pick: Callable[[Weights], Weights]) -> Prices:
        """Return the prices of what `pick` takes of the samples."""
        up = None if self.up is None else pick(self.up)
        lean = None if self.lean is None else pick(self.lean)
        if self.down is self.up:
            return Prices(up, up, self.lowest, self.highest, lean)
        down = None if self.down is None else pick(self.down)
        return Prices(up, down, self.lowest, self.highest, lean)

    def of(self, values: Values, moves: Values, scale: float) -> Floats:
        """Return what moves cost, times `scale`."""
        distance = moves.astype(np.float32)
        cost = distance * distance * np.float32(scale)
        if self.up is not None and self.down is not None:
            cost *= self.up if self.up is self.down else _towards(moves, self.up, self.down)
        np.minimum(cost, DEAREST, out=cost)
        target = values + moves
        cost[(target < self.lowest) | (target > self.highest)] = _OUT_OF_RANGE
        return cost


@dataclass(frozen=True, slots=True)
class Ladder:
    """Which planes are written directly and how many layers are coded above them.

    Parameters
    ----------
    direct : int
        Low planes that bear message bits as they are.
    layers : int
        Coded planes above.
    """

    direct: int
    layers: int

    @property
    def classes(self) -> int:
        """Number of classes that the coded bits tell apart."""
        return 1 << self.layers

    def moves(
        self, values: Values, low: Octets | None, kinds: Octets | int
    ) -> tuple[Values, Values]:
        """Return the two smallest moves, upward and downward, into the given classes.

        Parameters
        ----------
        values : ndarray of int32
            Samples as they are.
        low : ndarray of uint8 or None
            Their low bits to be; None where `direct` is 0.
        kinds : ndarray of uint8, or int
            The class of each sample to be.
        """
        modulus = self.classes << self.direct
        wanted = np.left_shift(np.asarray(kinds, np.int32), self.direct)
        if low is not None:
            wanted = wanted | low
        upward = (wanted - values) & (modulus - 1)
        return upward, upward - modulus

    def energies(
        self, values: Values, low: Octets | None, prices: Prices, scale: float
    ) -> list[Floats]:
        """Return for each class what the cheaper move into it costs, times `scale`."""
        found = []
        for kind in range(self.classes):
            upward, downward = self.moves(values, low, kind)
            cost = prices.of(values, upward, scale)
            np.minimum(cost, prices.of(values, downward, scale), out=cost)
            found.append(cost)
        return found

    def settle(
        self, values: Values, low: Octets | None, kinds: Octets, prices: Prices, coins: Octets
    ) -> Values:
        """Return the values that samples take once their classes are decided.

        Parameters
        ----------
        coins : ndarray of uint8
            0 or 1 at random: what happens where both moves cost the same.
        """
        upward, downward = self.moves(values, low, kinds)
        up, down = prices.of(values, upward, 1.0), prices.of(values, downward, 1.0)
        rises = (up < down) | ((up == down) & (coins != 0))
        return values + np.where(rises, upward, downward)


def difference(energies: list[Floats]) -> Floats:
    """Return how much dearer the upper half of the classes is than the lower half."""
    half = len(energies) // 2
    return np.subtract(free_energy(energies[half:]), free_energy(energies[:half]))


def chosen(energies: list[Floats], bit: Octets) -> list[Floats]:
    """Return the half of the classes whose highest bit is the given one."""
    half = len(energies) // 2
    upper = bit.astype(bool)
    return [np.where(upper, energies[half + kind], energies[kind]) for kind in range(half)]


def free_energy(energies: list[Floats]) -> Floats:
    """Return ``-log(sum(exp(-e)))`` over classes."""
    if len(energies) == 1:
        return energies[0]
    half = len(energies) // 2
    one, other = free_energy(energies[:half]), free_energy(energies[half:])
    apart = np.abs(one - other)
    np.exp(np.negative(apart, out=apart), out=apart)
    np.log(np.add(apart, np.float32(1), out=apart), out=apart)
    least = np.minimum(one, other)
    np.subtract(least, apart, out=least)
    return least


def _towards(moves: Values, up: Weights, down: Weights) -> Weights:
    """Return what the square of each move is multiplied with."""
    weights: Weights = np.maximum(up, down)
    np.copyto(weights, up, where=moves == 1)
    np.copyto(weights, down, where=moves == -1)
    return weights
