"""Embedding in plain numpy: the Viterbi algorithm on all lanes at once.

State s says which of the next message bits the flips so far have toggled. A step either leaves its
sample (state and cost stay) or flips it (``s ^ column``, its cost more); at the end of a block only
states survive whose lowest bit is the wanted one. Costs are 16-bit integers, so that the decisions
are the same whatever does the sums; see `metrics` for how they stay within 16 bits.

Decisions of all steps would take so much memory that few lanes could be worked on at once, and few
lanes are slow. So they are kept for a stretch of steps only: a first walk keeps the metrics with
which each stretch begins, and a second one, from the last stretch to the first, decides.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.samples import Octets
from underpaint_common.stego.trellis import metrics
from underpaint_common.stego.trellis.code import Code
from underpaint_common.stego.trellis.metrics import Metrics

_STRETCH = 512
"""Steps whose decisions are kept, and a little more, up to the next end of a block."""

_LONGEST_BLOCK = 128
_ALIGNED = 32
"""Lanes are worked on in multiples of this: rows that end anywhere take twice the time."""


def work_bytes(height: int, steps: int, lanes: int) -> int:
    """Return how much work space `flips` needs."""
    lanes += -lanes % _ALIGNED
    longest = min(steps, _STRETCH + _LONGEST_BLOCK)
    beginnings = 2 * lanes * (steps // _STRETCH + 1)
    return (beginnings + longest * (lanes // 8)) << height


def flips(costs: Metrics, target: Octets, code: Code, work: Octets) -> Octets:
    """Return which samples to flip so that the flips' syndrome is the target, at the least cost.

    Parameters
    ----------
    costs : ndarray of uint16, shape (steps, lanes)
        Cost of flipping each sample, at most `metrics.HIGHEST`.
    target : ndarray of uint8, shape (bits, lanes)
        Zeros and ones.
    code : Code
        The code of every lane.
    work : ndarray of uint8, flat
        Work space of at least `work_bytes`.

    Returns
    -------
    ndarray of uint8, shape (steps, lanes)
        Zeros and ones.
    """
    given = costs.shape[1]
    more = ((0, 0), (0, -given % _ALIGNED))
    return _flips(np.pad(costs, more), np.pad(target, more), code, work)[:, :given]


def _flips(costs: Metrics, target: Octets, code: Code, work: Octets) -> Octets:
    lanes = costs.shape[1]
    states = 1 << code.height
    stretches = list(_stretches(code))
    taken = 2 * lanes * states * len(stretches)
    beginnings = work[:taken].view(np.uint16).reshape(len(stretches), states, lanes)
    walk = _Walk(costs, _masks(target), code)
    for number, (first, last) in enumerate(stretches):
        beginnings[number] = walk.old
        if number < len(stretches) - 1:
            walk.over(first, last, None)
    flipped = np.zeros((code.steps, lanes), np.uint8)
    state = np.zeros(lanes, np.int64)
    for number in range(len(stretches) - 1, -1, -1):
        first, last = stretches[number]
        steps = int(code.edges[last] - code.edges[first])
        size = steps * states * lanes // 8
        decisions = work[taken : taken + size].reshape(steps, states, -1)
        np.copyto(walk.old, beginnings[number])
        walk.over(first, last, decisions)
        _backward(target, code, range(first, last), decisions, state, flipped)
    return flipped


def _stretches(code: Code) -> Iterator[tuple[int, int]]:
    """Yield first and last block (exclusive) of each stretch."""
    starts = np.searchsorted(code.edges, np.arange(0, code.steps, _STRETCH)).tolist()
    blocks = sorted({0, code.bits, *starts} & set(range(code.bits + 1)))
    yield from itertools.pairwise(blocks)


def _masks(bits: Octets) -> Metrics:
    """Return all ones where a bit is set, and zero elsewhere."""
    masks = bits.astype(np.uint16)
    return np.negative(masks, out=masks)


class _Walk:
    """A walk through the trellis: the metric of every state, step by step."""

    def __init__(self, costs: Metrics, wanted: Metrics, code: Code) -> None:
        states, lanes = 1 << code.height, costs.shape[1]
        self._costs, self._wanted, self._code = costs, wanted, code
        self.old = np.full((states, lanes), metrics.IMPOSSIBLE, np.uint16)
        self.old[0] = 0
        self._new = np.empty_like(self.old)
        self._better = np.empty((states, lanes), np.bool_)
        self._flipped = _flipped_states(code)
        self._columns, self._edges = code.columns.tolist(), code.edges.tolist()

    def over(self, first: int, last: int, decisions: Octets | None) -> None:
        """Go over some blocks; note for every step and state whether the flip was better."""
        states, start = 1 << self._code.height, self._edges[first]
        for block in range(first, last):
            rows = 1 << min(self._code.height, self._code.bits - block)
            for step in range(self._edges[block], self._edges[block + 1]):
                if step == self._edges[block] and rows == states:
                    self._first_step(step)
                else:
                    self._step(step, rows, None if decisions is None else decisions[step - start])
            _select(self.old[:rows], self._wanted[block], self._new[: rows >> 1])
            self.old, self._new = self._new, self.old
            if block % metrics.BLOCKS_BETWEEN == metrics.BLOCKS_BETWEEN - 1:
                metrics.settle(self.old[: rows >> 1])

    def _first_step(self, step: int) -> None:
        """Flip into the upper states, which nothing else leads to at a block's beginning."""
        upper = len(self.old) >> 1
        origins = self._flipped[self._columns[step]][upper:]
        np.take(self.old, origins, axis=0, out=self.old[upper:], mode="clip")
        np.add(self.old[upper:], self._costs[step], out=self.old[upper:])

    def _step(self, step: int, rows: int, decisions: Octets | None) -> None:
        stay, flip, choice = self.old[:rows], self._new[:rows], self._better[:rows]
        origins = self._flipped[self._columns[step]][:rows]
        np.take(stay, origins, axis=0, out=flip, mode="clip")
        np.add(flip, self._costs[step], out=flip)
        if decisions is not None:
            np.less(flip, stay, out=choice)
            decisions[:rows] = np.packbits(choice.reshape(-1)).reshape(rows, -1)
        np.minimum(flip, stay, out=stay)


def _flipped_states(code: Code) -> dict[int, NDArray[np.intp]]:
    """Return for each column of a code which state a flip leads to each state from."""
    order = np.arange(1 << code.height)
    return {column: order ^ column for column in set(code.columns.tolist())}


def _select(states: Metrics, wanted: Metrics, out: Metrics) -> None:
    """Keep of each two states that differ in the lowest bit the one that has the wanted one.

    By arithmetic: a masked copy takes several times longer.
    """
    pairs = states.reshape(len(out), 2, -1)
    np.bitwise_xor(pairs[:, 0], pairs[:, 1], out=out)
    np.bitwise_and(out, wanted, out=out)
    np.bitwise_xor(out, pairs[:, 0], out=out)


def _backward(
    target: Octets,
    code: Code,
    blocks: range,
    decisions: Octets,
    state: NDArray[np.int64],
    flipped: Octets,
) -> None:
    """Follow the decisions back over some blocks, from the state of each lane at their end."""
    number = np.arange(target.shape[1])
    byte, shift = number >> 3, (7 - (number & 7)).astype(np.uint8)
    row_bytes = decisions.shape[2]
    place = np.empty(number.size, np.int64)
    columns, edges = list(code.columns), code.edges.tolist()
    one, start = np.uint8(1), edges[blocks.start]
    for block in reversed(blocks):
        np.left_shift(state, 1, out=state)
        np.bitwise_or(state, target[block], out=state)
        whole = code.bits - block >= code.height
        for step in range(edges[block + 1] - 1, edges[block] - 1, -1):
            flip = flipped[step]
            if step == edges[block] and whole:
                np.right_shift(state, code.height - 1, out=flip, casting="unsafe")
            else:
                np.multiply(state, row_bytes, out=place)
                np.add(place, byte, out=place)
                np.take(decisions[step - start].reshape(-1), place, out=flip, mode="clip")
                np.right_shift(flip, shift, out=flip)
                np.bitwise_and(flip, one, out=flip)
            np.multiply(flip, columns[step], out=place)
            np.bitwise_xor(state, place, out=state)
