"""The trellis compiled by numba; imported only where numba is there and worth its start.

Lanes go through `SIDE` at a time, so that the inner loops become vector instructions and metrics
stay in the cache. No threads here: the caller has some, and compiled code lets go of the
interpreter's lock. The sums and the order of comparisons are those of `viterbi`.
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
    Metrics,
)

Function = TypeVar("Function", bound=Callable[..., object])
Numbers = NDArray[np.int64]

SIDE = 64
LOCATORS = "UserProvidedCacheLocator,UserWideCacheLocator"

# Times eight bytes of 0 or 1: the highest byte of the product holds them, the first one lowest.
_GATHER = np.uint64(0x0102040810204080)
_TOP = np.uint64(56)


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
    decisions: Octets,
    flips: Octets,
) -> None:
    """Fill `flips`; arrays as in `viterbi`, `decisions` of shape (steps, states, SIDE / 8)."""
    states = 1 << height
    old = np.empty((states, SIDE), np.uint16)
    new = np.empty((states, SIDE), np.uint16)
    for first in range(0, costs.shape[1], SIDE):
        last = min(first + SIDE, costs.shape[1])
        _forward(costs, target, columns, edges, height, first, last, decisions, old, new)
        _backward(target, columns, edges, height, first, last, decisions, flips)


@compiled
def _forward(
    costs: Metrics,
    target: Octets,
    columns: Numbers,
    edges: Numbers,
    height: int,
    first: int,
    last: int,
    decisions: Octets,
    old: Metrics,
    new: Metrics,
) -> None:
    states = 1 << height
    bits = edges.size - 1
    cost = np.zeros(SIDE, np.uint16)
    wanted = np.zeros(SIDE, np.uint8)
    choice = np.zeros(SIDE, np.uint8)
    old[:] = IMPOSSIBLE
    old[0] = 0
    for block in range(bits):
        rows = 1 << min(height, bits - block)
        for step in range(edges[block], edges[block + 1]):
            cost[: last - first] = costs[step, first:last]
            if step == edges[block] and rows == states:
                _fill(old, columns[step], cost, rows)
            else:
                _decide(old, new, columns[step], cost, rows, choice, decisions[step])
                old, new = new, old
        wanted[: last - first] = target[block, first:last]
        _select(old, new, wanted, rows >> 1)
        old, new = new, old
        if block % BLOCKS_BETWEEN == BLOCKS_BETWEEN - 1:
            _settle(old, rows >> 1)


@compiled
def _fill(old: Metrics, column: int, cost: Metrics, rows: int) -> None:
    for state in range(rows >> 1, rows):
        origin, here = old[state ^ column], old[state]
        for lane in range(SIDE):
            here[lane] = origin[lane] + cost[lane]


@compiled
def _decide(
    old: Metrics,
    new: Metrics,
    column: int,
    cost: Metrics,
    rows: int,
    choice: Octets,
    decisions: Octets,
) -> None:
    words = choice.view(np.uint64)
    for state in range(rows):
        stay, origin, here, bits = old[state], old[state ^ column], new[state], decisions[state]
        for lane in range(SIDE):
            kept = stay[lane]
            flipped = np.uint16(origin[lane] + cost[lane])
            choice[lane] = flipped < kept
            here[lane] = min(flipped, kept)
        for byte in range(SIDE >> 3):
            bits[byte] = (words[byte] * _GATHER) >> _TOP


@compiled
def _select(old: Metrics, new: Metrics, wanted: Octets, half: int) -> None:
    for state in range(half):
        zero, one, here = old[2 * state], old[2 * state + 1], new[state]
        for lane in range(SIDE):
            here[lane] = one[lane] if wanted[lane] else zero[lane]


@compiled
def _settled(metric: int) -> int:
    if metric >= POSSIBLE_BELOW:
        return IMPOSSIBLE
    return min(metric, CAP)


@compiled
def _settle(old: Metrics, half: int) -> None:
    least = old[0].copy()
    for state in range(1, half):
        for lane in range(SIDE):
            least[lane] = min(least[lane], old[state, lane])
    for state in range(half):
        for lane in range(SIDE):
            old[state, lane] = _settled(old[state, lane] - least[lane])


@compiled
def _backward(
    target: Octets,
    columns: Numbers,
    edges: Numbers,
    height: int,
    first: int,
    last: int,
    decisions: Octets,
    flips: Octets,
) -> None:
    bits = edges.size - 1
    for lane in range(last - first):
        byte, shift = lane >> 3, lane & 7
        state = 0
        for block in range(bits - 1, -1, -1):
            state = (state << 1) | target[block, first + lane]
            whole = bits - block >= height
            for step in range(edges[block + 1] - 1, edges[block] - 1, -1):
                if step == edges[block] and whole:
                    flip = state >> (height - 1)
                else:
                    flip = (decisions[step, state, byte] >> shift) & 1
                flips[step, first + lane] = flip
                if flip:
                    state ^= columns[step]
