"""Two layers and no direct planes, in closed form: what `Ladder` says, in a quarter of the time.

A sample stays, goes one step up or down, or two steps: four classes, and which of them share a
bit of the upper layer depends on the sample's lowest bit alone. So there is no need to price all
moves into all classes.
"""

from __future__ import annotations

import numpy as np

from underpaint_common.stego.ladder import DEAREST, Floats, Prices, Values
from underpaint_common.stego.samples import Octets

_ONE = np.float32(1)
_SIGNS = np.array([1, -1], np.float32)
_MOVES = np.array([0, 1, 2, -1], np.int32)


def dearer(values: Values, prices: Prices, scale: float, kinds: Octets | None) -> Floats:
    """Return how much dearer a set bit is than one that is not, like `ladder.difference`.

    Parameters
    ----------
    values : ndarray of int32
        Samples as they are.
    prices : Prices
        What steps cost.
    scale : float
        Factor of the prices.
    kinds : ndarray of uint8, or None
        The upper layer's bit of each, once it is decided: then it is about the lower layer.
    """
    near, far, two = _costs(values, prices, scale)
    if kinds is None:
        keeping = _softly(near)
        leaving = np.minimum(far, two)
        np.subtract(leaving, _softly(np.abs(far - two)), out=leaving)
        np.add(leaving, keeping, out=leaving)
        own = (values >> 1) & 1
    else:
        leaving = np.where(((values >> 1) & 1) == kinds, near, far - two)
        own = values & 1
    np.multiply(leaving, _SIGNS.take(own), out=leaving)
    return leaving


def settle(values: Values, kinds: Octets, prices: Prices, coins: Octets) -> Values:
    """Return the values that samples take once both layers are decided, like `Ladder.settle`.

    Parameters
    ----------
    values : ndarray of int32
        Samples as they are.
    kinds : ndarray of uint8
        The class of each sample to be, 0 to 3.
    prices : Prices
        Of which only the range counts: the shorter way is the cheaper one.
    coins : ndarray of uint8
        0 or 1 at random: whether two steps go down or up.
    """
    class_of = (kinds - values) & 3
    moves = _MOVES.take(class_of)
    np.copyto(moves, np.int32(-2), where=(class_of == 2) & (coins == 0))
    found: Values = values + moves
    # What would leave the range goes as far the other way round.
    np.subtract(found, 4, out=found, where=found > prices.highest)
    np.add(found, 4, out=found, where=found < prices.lowest)
    return found


def _costs(values: Values, prices: Prices, scale: float) -> tuple[Floats, Floats, Floats]:
    """Return what it costs to change the lowest bit alone, both bits, and the upper one alone."""
    factor = np.float32(scale)
    if prices.up is None or prices.down is None:
        up = down = most = np.full(values.shape, factor)
    elif prices.up is prices.down:
        up = down = most = np.multiply(prices.up, factor, dtype=np.float32)
    else:
        up = np.multiply(prices.up, factor, dtype=np.float32)
        down = np.multiply(prices.down, factor, dtype=np.float32)
        most = np.maximum(up, down)
    two = np.minimum(most * np.float32(4), DEAREST)
    up, down = np.minimum(up, DEAREST), np.minimum(down, DEAREST)
    for cost, end in ((up, prices.highest), (down, prices.lowest)):
        at_end = values == end
        if at_end.any():
            np.copyto(cost, np.minimum(most * np.float32(9), DEAREST), where=at_end)
    odd = (values & 1).astype(np.bool_)
    return np.where(odd, down, up), np.where(odd, up, down), two


def _softly(apart: Floats) -> Floats:
    """Return ``log(1 + exp(-apart))``."""
    kept = np.negative(apart)
    np.exp(kept, out=kept)
    np.add(kept, _ONE, out=kept)
    return np.log(kept, out=kept)
