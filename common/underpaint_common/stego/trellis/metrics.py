"""Path metrics of 16 bits, and how they are kept from overflowing.

A state that no path reaches holds `IMPOSSIBLE` or more. Every few blocks the least metric of each
lane is subtracted. In between a metric grows by at most `HIGHEST` a block where no decision is
taken, and by `HIGHEST` for each of at most 12 flips that newly reach a state; so with `CAP` below

    CAP + (8 + 12) * HIGHEST < POSSIBLE_BELOW < IMPOSSIBLE - 8 * HIGHEST
    IMPOSSIBLE + 9 * HIGHEST < 2**16

what is reachable never meets what is not. What lies above `CAP`, far beyond every path that could
still win in practice, is lowered to it: the path stays possible, only its price is misjudged.

A word of 32 bits holds a metric and, below it, the way: which of the last steps flipped, the latest
one highest. So the lesser of two words is the cheaper path, and of equally cheap ones that which
did not flip last.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Metrics: TypeAlias = NDArray[np.uint16]
Words: TypeAlias = NDArray[np.uint32]

HIGHEST = 1023
"""The highest cost of one flip."""

BLOCKS_BETWEEN = 8
"""Blocks after which metrics are settled."""

IMPOSSIBLE = 56_000
POSSIBLE_BELOW = 47_600
CAP = 27_000

WAY_BITS = 16
METRIC = np.uint32(0xFFFF << WAY_BITS)
IMPOSSIBLE_WORD = np.uint32(IMPOSSIBLE << WAY_BITS)


def settle(even: Words, odd: Words) -> None:
    """Subtract each lane's least metric, in place, with unreachable states kept unreachable.

    Parameters
    ----------
    even, odd : ndarray of uint32, shape (states / 2, lanes)
        The two halves of the states.
    """
    least = np.minimum(even.min(axis=0), odd.min(axis=0)) & METRIC
    for words in (even, odd):
        words -= least
        beyond = words > np.uint32(CAP << WAY_BITS | 0xFFFF)
        if beyond.any():
            far = words[beyond]
            metric = np.where(far >= np.uint32(POSSIBLE_BELOW << WAY_BITS), IMPOSSIBLE, CAP)
            words[beyond] = metric.astype(np.uint32) << WAY_BITS | far & ~METRIC
