"""The work on one part of the lanes: costs, codes layer by layer, new values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego import pair
from underpaint_common.stego.ladder import Floats, Ladder, Prices, chosen, difference
from underpaint_common.stego.lanes import Piece
from underpaint_common.stego.samples import Octets
from underpaint_common.stego.strata import Positions
from underpaint_common.stego.trellis.code import Code
from underpaint_common.stego.trellis.coding import Engine, flips
from underpaint_common.stego.trellis.metrics import HIGHEST, Metrics
from underpaint_common.stego.trellis.syndrome import syndrome

Integers: TypeAlias = NDArray[Any]

_UNITS = np.float32(64)
"""Units of the trellis's integer costs to one natural unit of probability."""

_PART = 1 << 15
"""Samples whose energies are worked out at a time: they stay in the cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Weaving:
    """What all parts of one embedding share.

    Parameters
    ----------
    ladder : Ladder
        Planes written directly, and coded.
    codes : tuple of Code
        One for each coded layer, the highest first.
    runs : ndarray of integers, shape (runs, run)
        The values, as `Lanes.cut` has them; changed in place.
    order : ndarray of int64
        From `Lanes.order`.
    prices : Prices
        Of all values, as they lie in `runs`.
    scale : float
        Factor of the prices.
    low : ndarray of uint8 or None
        Low bits to be, as `Lanes.split` has them; None without planes written directly.
    messages : tuple of ndarray of uint8
        Message bits of each layer, likewise.
    coins : ndarray of uint8, shape (steps, lanes / 8, rounded up)
        A random bit for each sample: what happens between equally good values.
    engine : Engine
        What works on the trellis.
    """

    ladder: Ladder
    codes: tuple[Code, ...]
    runs: Integers
    order: Positions
    prices: Prices
    scale: float
    low: Octets | None
    messages: tuple[Octets, ...]
    coins: Octets
    engine: Engine

    def weave(self, piece: Piece, work: Octets) -> None:
        """Decide the layers of some lanes one after another, and write what comes of it.

        Parameters
        ----------
        piece : Piece
            Which lanes.
        work : ndarray of uint8
            `Engine.work_bytes` for so many lanes, overwritten.
        """
        values = piece.gather(self.runs, self.order)
        shape = values.shape
        flat = values.reshape(-1)
        low = None if self.low is None else piece.of(self.low).reshape(-1)
        prices = self.prices.through(lambda each: piece.gather(each, self.order).reshape(-1))
        kinds = np.zeros(flat.size, np.uint8)
        for depth, (code, message) in enumerate(zip(self.codes, self.messages, strict=True)):
            costs, bits = self._costs(flat, low, prices, kinds, depth)
            if code.bits:
                bits = bits.reshape(shape)
                target = piece.of(message) ^ syndrome(bits, code)
                bits ^= flips(costs.reshape(shape), target, code, self.engine, work)
            np.left_shift(kinds, np.uint8(1), out=kinds)
            np.bitwise_or(kinds, bits.reshape(-1), out=kinds)
        coins = piece.bits(self.coins, self.runs.shape[1]).reshape(-1)
        for part in _parts(flat.size):
            whole = flat[part].astype(np.int32)
            if self._is_pair:
                flat[part] = pair.settle(whole, kinds[part], prices, coins[part])
                continue
            some = None if low is None else low[part]
            flat[part] = self.ladder.settle(
                whole, some, kinds[part], prices.part(part), coins[part]
            )
        piece.scatter(values, self.runs, self.order)

    def _costs(
        self, values: Integers, low: Octets | None, prices: Prices, kinds: Octets, depth: int
    ) -> tuple[Metrics, Octets]:
        """Return what one layer's bit costs if it is not the cheaper one, and which that is."""
        costs = np.empty(values.size, np.uint16)
        cheaper = np.empty(values.size, np.uint8)
        for part in _parts(values.size):
            some = None if low is None else low[part]
            dearer = self._dearer(values[part], some, prices.part(part), kinds[part], depth)
            np.less(dearer, 0, out=cheaper[part].view(np.bool_))
            np.abs(dearer, out=dearer)
            np.multiply(dearer, _UNITS, out=dearer)
            np.add(dearer, np.float32(0.5), out=dearer)
            np.minimum(dearer, np.float32(HIGHEST), out=dearer)
            costs[part] = dearer
        return costs, cheaper

    @property
    def _is_pair(self) -> bool:
        return (self.ladder.direct, self.ladder.layers) == (0, 2)

    def _dearer(
        self, values: Integers, low: Octets | None, prices: Prices, kinds: Octets, depth: int
    ) -> Floats:
        """Return how much dearer it is that one layer's bit is set than that it is not."""
        whole = values.astype(np.int32)
        if self._is_pair:
            return pair.dearer(whole, prices, self.scale, kinds if depth else None)
        energies = self.ladder.energies(whole, low, prices, self.scale)
        for above in range(depth - 1, -1, -1):
            energies = chosen(energies, (kinds >> np.uint8(above)) & np.uint8(1))
        return difference(energies)


def _parts(size: int) -> list[slice]:
    return [slice(start, min(start + _PART, size)) for start in range(0, size, _PART)]
