"""The door to the trellis: the same flips whether numpy or numba works them out."""

from __future__ import annotations

import enum
import functools
import importlib

import numpy as np

from underpaint_common.stego.samples import Octets
from underpaint_common.stego.trellis import viterbi, windows
from underpaint_common.stego.trellis.code import Code
from underpaint_common.stego.trellis.metrics import Metrics

_WORTH_COMPILING = 1 << 28
"""State updates that numpy does in about the time in which numba starts."""

_SIDES = {6: 32, 8: 32, 10: 16, 12: 8}
"""Lanes that compiled code goes through side by side, by constraint height."""


class Engine(enum.Enum):
    """What does the arithmetic; the result is the same."""

    NUMPY = "numpy"
    NUMBA = "numba"

    @classmethod
    def best(cls, updates: int) -> Engine:
        """Return the engine that is done first with so many state updates."""
        return cls.NUMBA if updates > _WORTH_COMPILING and _numba_is_there() else cls.NUMPY

    @classmethod
    def seconds(cls, updates: int) -> float:
        """Return about how long so many state updates take on two busy cores."""
        return updates / (5e9 if cls.best(updates) is cls.NUMBA else 1.6e9)

    @property
    def threads(self) -> int | None:
        """How many threads are worth having, None being no limit.

        What numpy does at a time here is so short that a second thread mostly waits for the
        interpreter's lock.
        """
        return 1 if self is Engine.NUMPY else None

    def lanes_at_once(self, height: int) -> int:
        """Return how many lanes are best handed over together.

        numpy is slow with few; compiled code is not, and few take little memory and are easily
        shared out.
        """
        return viterbi.lanes_at_once(height) if self is Engine.NUMPY else 96

    def work_bytes(self, height: int, steps: int, lanes: int) -> int:
        """Return how much work space `flips` needs."""
        if self is Engine.NUMPY:
            return viterbi.work_bytes(height, steps, lanes)
        return 2 * windows.count(steps) * _SIDES[height] << height


def flips(costs: Metrics, target: Octets, code: Code, engine: Engine, work: Octets) -> Octets:
    """Return which samples to flip so that the flips' syndrome is the target, at the least cost.

    Parameters
    ----------
    costs : ndarray of uint16, shape (steps, lanes)
        Cost of flipping each sample, at most `metrics.HIGHEST`.
    target : ndarray of uint8, shape (bits, lanes)
        Zeros and ones.
    code : Code
        The code of every lane.
    engine : Engine
        What does it.
    work : ndarray of uint8, flat
        At least `Engine.work_bytes` long, overwritten.

    Returns
    -------
    ndarray of uint8, shape (steps, lanes)
        Zeros and ones.
    """
    if engine is Engine.NUMPY:
        return viterbi.flips(costs, target, code, work)
    from underpaint_common.stego.trellis import compiled

    size = engine.work_bytes(code.height, code.steps, costs.shape[1])
    shape = (windows.count(code.steps), 1 << code.height, _SIDES[code.height])
    kept = work[:size].view(np.uint16).reshape(shape)
    flipped = np.zeros(costs.shape, np.uint8)
    compiled.flips_of_all(costs, target, code.columns, code.edges, code.height, kept, flipped)
    return flipped


@functools.cache
def _numba_is_there() -> bool:
    """Tell whether numba can be used: beside a numpy that is too new for it, it fails to load."""
    try:
        importlib.import_module("numba")
    except Exception:  # noqa: BLE001 - whatever it raises, the bits are the same without it
        return False
    return True
