"""Embedding in plain numpy: the Viterbi algorithm on all lanes at once.

State s says which of the next message bits the flips so far have toggled. A step either leaves its
sample (state and cost stay) or flips it (``s ^ column``, its cost more); at the end of a block only
states survive whose lowest bit is the wanted one. Costs are 16-bit integers, so that the decisions
are the same whatever does the sums; see `metrics` for how they stay within 16 bits.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.samples import Octets
from underpaint_common.stego.trellis import metrics
from underpaint_common.stego.trellis.code import Code
from underpaint_common.stego.trellis.metrics import Metrics


def flips(costs: Metrics, target: Octets, code: Code, survivors: Octets) -> Octets:
    """Return which samples to flip so that the flips' syndrome is the target, at the least cost.

    Parameters
    ----------
    costs : ndarray of uint16, shape (steps, lanes)
        Cost of flipping each sample, at most `metrics.HIGHEST`.
    target : ndarray of uint8, shape (bits, lanes)
        Zeros and ones.
    code : Code
        The code of every lane.
    survivors : ndarray of uint8, flat
        Work space of at least ``steps * states * ceil(lanes / 8)`` bytes.

    Returns
    -------
    ndarray of uint8, shape (steps, lanes)
        Zeros and ones.
    """
    lanes = costs.shape[1]
    shape = (code.steps, 1 << code.height, -(-lanes // 8))
    decisions = survivors[: math.prod(shape)].reshape(shape)
    _forward(costs, _masks(target), code, decisions)
    return _backward(target, code, decisions)


def _masks(bits: Octets) -> Metrics:
    """Return all ones where a bit is set, and zero elsewhere."""
    masks = bits.astype(np.uint16)
    return np.negative(masks, out=masks)


def _forward(costs: Metrics, wanted: Metrics, code: Code, decisions: Octets) -> None:
    """Walk through the trellis and note for every step and state whether the flip was better."""
    lanes = costs.shape[1]
    states = 1 << code.height
    old = np.full((states, lanes), metrics.IMPOSSIBLE, np.uint16)
    new = np.empty_like(old)
    better = np.empty((states, lanes), np.bool_)
    flipped = _flipped_states(code)
    old[0] = 0
    columns, edges = code.columns.tolist(), code.edges.tolist()
    for block in range(code.bits):
        rows = 1 << min(code.height, code.bits - block)
        for step in range(edges[block], edges[block + 1]):
            origins = flipped[columns[step]][:rows]
            if step == edges[block] and rows == states:
                # No state has its highest bit yet: those that have it come from a flip.
                np.take(old, origins[rows >> 1 :], axis=0, out=old[rows >> 1 :], mode="clip")
                np.add(old[rows >> 1 :], costs[step], out=old[rows >> 1 :])
                continue
            part, flip, choice = old[:rows], new[:rows], better[:rows]
            np.take(part, origins, axis=0, out=flip, mode="clip")
            np.add(flip, costs[step], out=flip)
            np.less(flip, part, out=choice)
            np.minimum(flip, part, out=part)
            decisions[step, :rows] = _packed(choice)
        _select(old[:rows], wanted[block], new[: rows >> 1])
        old, new = new, old
        if block % metrics.BLOCKS_BETWEEN == metrics.BLOCKS_BETWEEN - 1:
            metrics.settle(old[: rows >> 1])


def _flipped_states(code: Code) -> dict[int, NDArray[np.intp]]:
    """Return for each column of a code which state a flip leads to each state from."""
    order = np.arange(1 << code.height)
    return {column: order ^ column for column in set(code.columns.tolist())}


def _packed(choice: NDArray[np.bool_]) -> Octets:
    """Return eight lanes a byte; at once where rows end with a byte, which is far faster."""
    rows, lanes = choice.shape
    if lanes % 8:
        return np.packbits(choice, axis=1)
    return np.packbits(choice.reshape(-1)).reshape(rows, lanes // 8)


def _select(states: Metrics, wanted: Metrics, out: Metrics) -> None:
    """Keep of each two states that differ in the lowest bit the one that has the wanted one.

    By arithmetic: a masked copy takes several times longer.
    """
    pairs = states.reshape(len(out), 2, -1)
    np.bitwise_xor(pairs[:, 0], pairs[:, 1], out=out)
    np.bitwise_and(out, wanted, out=out)
    np.bitwise_xor(out, pairs[:, 0], out=out)


def _backward(target: Octets, code: Code, decisions: Octets) -> Octets:
    """Follow the decisions back from the only state that is left."""
    lanes = target.shape[1]
    flipped = np.zeros((code.steps, lanes), np.uint8)
    number = np.arange(lanes)
    byte, shift = number >> 3, (7 - (number & 7)).astype(np.uint8)
    row_bytes = decisions.shape[2]
    state = np.zeros(lanes, np.int64)
    place = np.empty(lanes, np.int64)
    columns, edges = list(code.columns), code.edges.tolist()
    one = np.uint8(1)
    for block in range(code.bits - 1, -1, -1):
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
                np.take(decisions[step].reshape(-1), place, out=flip, mode="clip")
                np.right_shift(flip, shift, out=flip)
                np.bitwise_and(flip, one, out=flip)
            np.multiply(flip, columns[step], out=place)
            np.bitwise_xor(state, place, out=state)
    return flipped
