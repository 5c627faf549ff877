"""Embedding in plain numpy: the Viterbi algorithm on many lanes at once.

State s says which of the next message bits the flips so far have toggled. A step either leaves its
sample (state and cost stay) or flips it (``s ^ column``, its cost more). Every word holds a state's
metric and how it was reached, see `metrics`, so that a step is a few sums and minima. As every
column is odd, a flip leads from an even state to an odd one or back: these lie apart, and the
cheaper of each two that a column joins, its price more, is what both may be replaced by.

The target is turned into the one that is all zeros by flips agreed upon before, see `windows`. So
at the end of a block only even states survive, and its last step need not work out the odd ones.

What memory there is keeps the ways of a stretch of windows. If a lane has more than one stretch, a
first walk keeps the words with which each stretch begins, and a second one, from the last stretch
to the first, keeps the ways.
"""

from __future__ import annotations

import itertools

import numpy as np

from underpaint_common.stego.samples import Octets
from underpaint_common.stego.trellis import metrics, windows
from underpaint_common.stego.trellis.code import Code
from underpaint_common.stego.trellis.metrics import Metrics, Words
from underpaint_common.stego.trellis.windows import WINDOW, Ways

_KEPT_BYTES = 60 << 20
"""Memory for the ways of one stretch."""

_ALIGNED = 16
"""Lanes are worked on in multiples of this: rows that end anywhere take longer."""

_LINE = 64
_LONG_LOOP = 1 << 13
"""Words in an inner loop from which on numpy adds them where they are, without a buffer."""


def lanes_at_once(height: int) -> int:
    """Return how many lanes are best worked on together: the states fill the nearer cache."""
    return max((1 << 16) >> height, 32)


def work_bytes(height: int, steps: int, lanes: int) -> int:
    """Return how much work space `flips` needs."""
    lanes += -lanes % _ALIGNED
    count, longest = _stretches(height, steps, lanes)
    return _LINE + ((4 * count + 2 * longest) * lanes << height)


def _stretches(height: int, steps: int, lanes: int) -> tuple[int, int]:
    """Return how many stretches there are, and the windows of all but the first, the shortest."""
    total = windows.count(steps)
    longest = max(1, min(total, _KEPT_BYTES // (2 * lanes << height)))
    return -(-total // longest), longest


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
    if given % _ALIGNED:
        more = ((0, 0), (0, -given % _ALIGNED))
        costs, target = np.pad(costs, more), np.pad(target, more)
    return _flips(costs, target, code, work)[:, :given]


def _flips(costs: Metrics, target: Octets, code: Code, work: Octets) -> Octets:
    lanes = costs.shape[1]
    agreed = windows.agreed(target, code)
    count, longest = _stretches(code.height, code.steps, lanes)
    work = work[-work.ctypes.data % _LINE :]
    states = (2, 1 << (code.height - 1), lanes)
    taken = 4 * count * lanes << code.height
    beginnings = work[:taken].view(np.uint32).reshape(count, *states)
    size = 2 * longest * lanes << code.height
    kept = work[taken : taken + size].view(np.uint16).reshape(longest, *states)
    ends = [windows.count(code.steps) - longest * left for left in range(count)][::-1]
    stretches = list(itertools.pairwise([0, *ends]))
    walk = _Walk(costs, agreed, code)
    for (first, last), beginning in zip(stretches[:-1], beginnings, strict=False):
        walk.save(beginning)
        walk.over(range(first, last), None)
    back = windows.Backward(agreed, code)
    for number, (first, last) in reversed(list(enumerate(stretches))):
        if number < count - 1:
            walk.restore(beginnings[number])
        walk.over(range(first, last), kept)
        back.over(range(first, last), kept)
    return back.flips()


class _Walk:
    """A walk through the trellis: the word of every state, step by step.

    The even and the odd half of the states each have an array, row i being state ``2 * i`` or
    ``2 * i + 1``; but rows of the odd half are moved, row i being state ``2 * (i ^ turn) + 1``,
    so that the state to which a flip leads is in the same row.
    """

    def __init__(self, costs: Metrics, agreed: Octets, code: Code) -> None:
        lanes, half = costs.shape[1], 1 << (code.height - 1)
        self._costs, self._agreed, self._code = costs, agreed, code
        self._even, self._odd, self._least, self._spare = _aligned_arrays(4, half, lanes)
        self._even[:], self._odd[:] = metrics.IMPOSSIBLE_WORD, metrics.IMPOSSIBLE_WORD
        self._even[0] = 0
        self._turn = 0
        self._order, self._origins = np.arange(half), np.empty(half, np.intp)
        self._evens, self._odds = np.arange(0, half, 2), np.arange(1, half + 1, 2)
        self._copies = np.empty((1 << (-(-_LONG_LOOP // lanes) - 1).bit_length(), lanes), np.uint32)
        self._block = np.repeat(np.arange(code.bits), np.diff(code.edges)).tolist()
        self._columns, self._edges = code.columns.tolist(), code.edges.tolist()

    def save(self, words: Words) -> None:
        """Write down all words."""
        words[0], words[1] = self._even, self._odd

    def restore(self, words: Words) -> None:
        """Go back to where words were saved."""
        self._even[:], self._odd[:] = words[0], words[1]

    def over(self, these: range, kept: Ways | None) -> None:
        """Go over some windows, and keep the ways if there is an array for them."""
        for number, window in enumerate(these):
            start = window * WINDOW
            stop = min(start + WINDOW, self._code.steps)
            live = self._over(start, stop, kept is not None)
            self._align(live)
            if kept is not None:
                for half, way in zip((self._even, self._odd), kept[number], strict=True):
                    np.copyto(way[:live], half[:live], casting="unsafe")
                    np.bitwise_and(half[:live], metrics.METRIC, out=half[:live])

    def _over(self, start: int, stop: int, keeps: bool) -> int:
        """Go over the steps of a window; return how many rows of each half are in use."""
        code = self._code
        prices = self._costs[start:stop].astype(np.uint32)
        np.left_shift(prices, metrics.WAY_BITS, out=prices)
        if keeps:
            np.bitwise_or(prices, _BITS[: stop - start], out=prices)
        live = len(self._even)
        for step, price in enumerate(prices, start):
            block = self._block[step]
            live = 1 << (min(code.height, code.bits - block) - 1)
            whole = code.bits - block >= code.height
            begins, ends = step == self._edges[block], step + 1 == self._edges[block + 1]
            turn = self._columns[step] >> 1
            if not ends:
                if begins and whole:
                    self._begin(turn, price)
                else:
                    self._step(turn, price, live)
                continue
            staying = price * self._agreed[block]
            if begins and whole:
                self._only(turn, staying, price ^ staying)
            else:
                self._end(turn, staying, price ^ staying, live)
            live = max(live >> 1, 1)
            if block % metrics.BLOCKS_BETWEEN == metrics.BLOCKS_BETWEEN - 1:
                metrics.settle(self._even[:live], self._odd[:live])
        return live

    def _align(self, live: int, turn: int = 0) -> None:
        """Move the rows of the odd half."""
        if turn != self._turn:
            origins = np.bitwise_xor(
                self._order[:live], turn ^ self._turn, out=self._origins[:live]
            )
            self._odd.take(origins, axis=0, out=self._spare[:live], mode="clip")
            self._odd, self._spare = self._spare, self._odd
            self._turn = turn

    def _step(self, turn: int, price: Words, live: int) -> None:
        self._align(live, turn)
        even, odd, least = self._even[:live], self._odd[:live], self._least[:live]
        np.minimum(even, odd, out=least)
        self._add(least, price)
        np.minimum(even, least, out=even)
        np.minimum(odd, least, out=odd)

    def _begin(self, turn: int, price: Words) -> None:
        """Flip into the upper states, which nothing else leads to at a block's beginning."""
        upper = len(self._even) >> 1
        origins = np.bitwise_xor(self._order[upper:], turn, out=self._origins[upper:])
        for source, goal in ((self._odd, self._even[upper:]), (self._even, self._odd[upper:])):
            source.take(origins, axis=0, out=goal, mode="clip")
            self._add(goal, price)

    def _end(self, turn: int, staying: Words, flipping: Words, live: int) -> None:
        """Take a block's last step to the even states, and halve all numbers."""
        self._align(live, turn)
        even, odd, least = self._even[:live], self._odd[:live], self._least[:live]
        self._add(even, staying)
        self._add(odd, flipping)
        np.minimum(even, odd, out=least)
        left = max(live >> 1, 1)
        least.take(self._evens[:left], axis=0, out=self._even[:left], mode="clip")
        least.take(self._odds[:left], axis=0, out=self._odd[:left], mode="clip")
        self._turn = 0

    def _only(self, turn: int, staying: Words, flipping: Words) -> None:
        """Take the one step of a block: nothing to decide, odd states flip into the upper ones."""
        upper = len(self._even) >> 1
        least = self._least
        self._add(self._even[:upper], staying)
        self._add(self._odd[:upper], flipping)
        origins = np.bitwise_xor(self._order[upper:], turn, out=self._origins[upper:])
        least[:upper] = self._even[:upper]
        self._odd.take(origins, axis=0, out=least[upper:], mode="clip")
        least.take(self._evens[:upper], axis=0, out=self._even[:upper], mode="clip")
        least.take(self._odds[:upper], axis=0, out=self._odd[:upper], mode="clip")

    def _add(self, words: Words, row: Words) -> None:
        """Add a row to every row."""
        if len(words) % len(self._copies):
            np.add(words, row, out=words)
        else:
            np.copyto(self._copies, row)
            several = words.reshape(-1, self._copies.size)
            np.add(several, self._copies.reshape(-1), out=several)


_BITS = (np.uint32(1) << np.arange(WINDOW, dtype=np.uint32))[:, np.newaxis]


def _aligned_arrays(count: int, rows: int, lanes: int) -> list[Words]:
    """Return arrays that begin where a cache line begins."""
    size = 4 * rows * lanes
    block = np.empty(_LINE + count * size, np.uint8)
    block = block[-block.ctypes.data % _LINE :][: count * size]
    return list(block.view(np.uint32).reshape(count, rows, lanes))
