"""Path metrics of 16 bits, and how they are kept from overflowing.

A state that no path reaches holds `IMPOSSIBLE` or more. Every few blocks the least metric of each
lane is subtracted. In between a metric grows by at most `HIGHEST` a block where no decision is
taken, and by `HIGHEST` for each of at most 12 flips that newly reach a state; so with `CAP` below

    CAP + (8 + 12) * HIGHEST < POSSIBLE_BELOW < IMPOSSIBLE - 8 * HIGHEST
    IMPOSSIBLE + 9 * HIGHEST < 2**16

what is reachable never meets what is not. What lies above `CAP`, far beyond every path that could
still win in practice, is lowered to it: the path stays possible, only its price is misjudged.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Metrics: TypeAlias = NDArray[np.uint16]

HIGHEST = 1023
"""The highest cost of one flip."""

BLOCKS_BETWEEN = 8
"""Blocks after which metrics are settled."""

IMPOSSIBLE = 56_000
POSSIBLE_BELOW = 47_600
CAP = 27_000


def settle(metrics: Metrics) -> None:
    """Subtract each lane's least metric, in place, with unreachable states kept unreachable.

    Parameters
    ----------
    metrics : ndarray of uint16, shape (states, lanes)
    """
    metrics -= metrics.min(axis=0)
    unreachable = metrics >= POSSIBLE_BELOW
    np.minimum(metrics, np.uint16(CAP), out=metrics)
    np.copyto(metrics, np.uint16(IMPOSSIBLE), where=unreachable)
