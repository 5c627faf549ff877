"""One code: which columns the steps of a lane take, and where its message bits end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.trellis.columns import HEIGHTS, MAX_WIDTH, submatrices


@dataclass(frozen=True, slots=True, eq=False)
class Code:
    """The parity-check matrix of one lane: `steps` columns, `bits` rows, banded.

    Parameters
    ----------
    height : int
        Constraint height h.
    steps : int
        Samples a lane.
    bits : int
        Message bits a lane.
    edges : ndarray of int64, shape (bits + 1,)
        Step at which each block begins; block j decides message bit j.
    columns : ndarray of int64, shape (steps,)
        Column of each step, bit r being row ``j + r``; rows past the last are cut off.
    """

    height: int
    steps: int
    bits: int
    edges: NDArray[np.int64]
    columns: NDArray[np.int64]

    @classmethod
    def of(cls, height: int, steps: int, bits: int) -> Code:
        """Return the code: block j begins at step ``j * steps // bits``.

        Raises
        ------
        ValueError
            If there is no such code: see `is_possible`.
        """
        if height not in HEIGHTS or not is_possible(steps, bits):
            raise ValueError(f"no code of height {height} bears {bits} bits in {steps} samples")
        edges = np.arange(bits + 1, dtype=np.int64) * steps // max(bits, 1)
        table = submatrices(height)
        widths = np.diff(edges).tolist()
        columns = np.concatenate([table[width] for width in widths] or [np.empty(0, np.int64)])
        rows = np.minimum(bits - np.repeat(np.arange(bits), widths), height)
        return cls(height, steps, bits, edges, columns & ((1 << rows) - 1))


def is_possible(steps: int, bits: int) -> bool:
    """Tell whether so many samples a lane can bear so many bits: none, or 1 to 128 samples each."""
    return bits == 0 or 0 < bits <= steps <= MAX_WIDTH * bits
