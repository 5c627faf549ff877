"""The trellis compiled by numba; imported only where numba is there and worth its start.

Lanes go through a few at a time, so that the inner loops become vector instructions and words
stay in the nearest cache. No threads here: the caller has some, and compiled code lets go of the
interpreter's lock. The words are those of `viterbi`, one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.samples import Octets
from underpaint_common.stego.trellis.metrics import (
    BLOCKS_BETWEEN,
    CAP,
    IMPOSSIBLE,
    POSSIBLE_BELOW,
    WAY_BITS,
    Metrics,
    Words,
)
from underpaint_common.stego.trellis.windows import WINDOW, Ways

Function = TypeVar("Function", bound=Callable[..., object])
Numbers = NDArray[np.int64]

LOCATORS = "UserProvidedCacheLocator,UserWideCacheLocator"

_WAY = np.uint32((1 << WAY_BITS) - 1)
_METRIC = np.uint32(~_WAY)
_SHIFT = np.uint32(WAY_BITS)


def compiled(function: Function) -> Function:
    """Return a function compiled at its first call, and kept for later processes if possible.

    It is kept in the user's cache folder (or NUMBA_CACHE_DIR), never beside the sources, where
    numba looks first: uninstalling would leave it behind.
    """
    config: Any = numba.config
    chosen = config.CACHE_LOCATOR_CLASSES
    config.CACHE_LOCATOR_CLASSES = chosen or LOCATORS
    try:
        return cast("Function", numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:
        # No such folder can be written.
        return cast("Function", numba.njit(nogil=True)(function))
    finally:
        config.CACHE_LOCATOR_CLASSES = chosen


@compiled
def flips_of_all(
    costs: Metrics,
    target: Octets,
    columns: Numbers,
    edges: Numbers,
    height: int,
    kept: Ways,
    flips: Octets,
) -> None:
    """Fill `flips`; arrays as in `viterbi`, `kept` of shape (windows, states, side)."""
    side = kept.shape[2]
    words = np.empty((2, 1 << height, side), np.uint32)
    agreed = np.empty((len(kept), side), np.uint16)
    for first in range(0, costs.shape[1], side):
        last = min(first + side, costs.shape[1])
        some, wanted = costs[:, first:last], target[:, first:last]
        _forward(some, wanted, columns, edges, height, words, agreed, kept)
        _backward(agreed, columns, edges, kept, flips[:, first:last])


@compiled
def _forward(
    costs: Metrics,
    target: Octets,
    columns: Numbers,
    edges: Numbers,
    height: int,
    words: Words,
    agreed: Ways,
    kept: Ways,
) -> None:
    steps, states, bits, side = columns.size, 1 << height, edges.size - 1, words.shape[2]
    old, new = words[0], words[1]
    old[:] = np.uint32(IMPOSSIBLE << WAY_BITS)
    old[0] = 0
    agreed[:] = 0
    price, residue = np.zeros(side, np.uint32), np.zeros(side, np.int64)
    staying, flipping = np.zeros(side, np.uint32), np.zeros(side, np.uint32)
    for block in range(bits):
        rows = 1 << min(height, bits - block)
        for step in range(edges[block], edges[block + 1]):
            column, place = columns[step], step % WINDOW
            is_first = step == edges[block] and rows == states
            for lane in range(costs.shape[1]):
                price[lane] = (np.uint32(costs[step, lane]) << _SHIFT) | np.uint32(1 << place)
            if step + 1 < edges[block + 1]:
                if is_first:
                    _begin(old, column, price)
                else:
                    _step(old, column, price, rows)
            else:
                _agree(target[block], column, residue, price, staying, flipping)
                for lane in range(target.shape[1]):
                    agreed[step // WINDOW, lane] |= (staying[lane] != 0) << place
                if is_first:
                    _only(old, new, column, staying, flipping)
                else:
                    _end(old, new, column, staying, flipping, rows)
                old, new = new, old
                rows >>= 1
                if block % BLOCKS_BETWEEN == BLOCKS_BETWEEN - 1:
                    _settle(old, rows)
            if place == WINDOW - 1 or step + 1 == steps:
                _keep(old, kept[step // WINDOW], rows)


@compiled
def _agree(
    target: Octets,
    column: int,
    residue: Numbers,
    price: Words,
    staying: Words,
    flipping: Words,
) -> None:
    """Set what staying and flipping cost in a block's last step; see `windows.agreed`."""
    for lane in range(target.size):
        agreed = (target[lane] ^ residue[lane]) & 1
        residue[lane] = (residue[lane] ^ (column if agreed else 0)) >> 1
        staying[lane] = price[lane] if agreed else np.uint32(0)
        flipping[lane] = np.uint32(0) if agreed else price[lane]


@compiled
def _step(words: Words, column: int, price: Words, rows: int) -> None:
    for state in range(0, rows, 2):
        even, odd = words[state], words[state ^ column]
        for lane in range(price.size):
            one, other = even[lane], odd[lane]
            least = np.uint32(min(one, other) + price[lane])
            even[lane] = min(one, least)
            odd[lane] = min(other, least)


@compiled
def _begin(words: Words, column: int, price: Words) -> None:
    """Flip into the upper states, which nothing else leads to at a block's beginning."""
    for state in range(len(words) >> 1, len(words)):
        origin, here = words[state ^ column], words[state]
        for lane in range(price.size):
            here[lane] = origin[lane] + price[lane]


@compiled
def _end(old: Words, new: Words, column: int, staying: Words, flipping: Words, rows: int) -> None:
    """Take a block's last step to the even states, and halve all numbers."""
    for half in range(rows >> 1):
        even, odd, here = old[2 * half], old[(2 * half) ^ column], new[half]
        for lane in range(staying.size):
            stay = np.uint32(even[lane] + staying[lane])
            flip = np.uint32(odd[lane] + flipping[lane])
            here[lane] = min(stay, flip)


@compiled
def _only(old: Words, new: Words, column: int, staying: Words, flipping: Words) -> None:
    """Take the one step of a block: nothing to decide, odd states flip into the upper ones."""
    for state in range(0, len(old) >> 1, 2):
        even, odd = old[state], old[state + 1]
        lower, upper = new[state >> 1], new[((state + 1) ^ column) >> 1]
        for lane in range(staying.size):
            lower[lane] = even[lane] + staying[lane]
            upper[lane] = odd[lane] + flipping[lane]


@compiled
def _keep(words: Words, kept: Ways, rows: int) -> None:
    for state in range(rows):
        here, ways = words[state], kept[state]
        for lane in range(words.shape[1]):
            ways[lane] = here[lane] & _WAY
            here[lane] &= _METRIC


@compiled
def _settled(metric: np.int64) -> np.int64:
    if metric >= POSSIBLE_BELOW:
        return np.int64(IMPOSSIBLE)
    return min(metric, np.int64(CAP))


@compiled
def _settle(words: Words, rows: int) -> None:
    least = words[0].copy()
    for state in range(1, rows):
        for lane in range(least.size):
            least[lane] = min(least[lane], words[state, lane])
    for state in range(rows):
        for lane in range(least.size):
            word = words[state, lane] - (least[lane] & _METRIC)
            metric = _settled(np.int64(word >> _SHIFT))
            words[state, lane] = (metric << WAY_BITS) | (word & _WAY)


@compiled
def _backward(agreed: Ways, columns: Numbers, edges: Numbers, kept: Ways, flips: Octets) -> None:
    state, way = np.zeros(agreed.shape[1], np.int64), np.zeros(agreed.shape[1], np.int64)
    block = edges.size - 1
    for window in range(len(kept) - 1, -1, -1):
        stop = min((window + 1) * WINDOW, columns.size)
        for lane in range(flips.shape[1]):
            way[lane] = kept[window, state[lane], lane]
        for step in range(stop - 1, window * WINDOW - 1, -1):
            place, column = step % WINDOW, columns[step]
            ended = 0
            if step + 1 == edges[block]:
                ended = 1
                block -= 1
            for lane in range(flips.shape[1]):
                flips[step, lane] = (way[lane] >> place) & 1
                toggled = ((way[lane] ^ agreed[window, lane]) >> place) & 1
                state[lane] = (state[lane] << ended) ^ (column * toggled)
