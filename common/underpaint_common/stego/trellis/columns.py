"""The columns of the parity-check submatrices, by constraint height and width.

They were found by ``tools/search_columns.py`` and lie beside this module; part of the format.
"""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

HEIGHTS = (6, 8, 10, 12)
"""Constraint heights for which there are columns; the trellis has ``2**height`` states."""

MAX_WIDTH = 128
"""The widest submatrix: a layer bears at least one message bit in so many samples."""


@functools.cache
def submatrices(height: int) -> MappingProxyType[int, NDArray[np.int64]]:
    """Return the columns of every width from 1 to `MAX_WIDTH`; bit r of a column is its row r.

    Raises
    ------
    ValueError
        If there is no code of this height.
    """
    if height not in HEIGHTS:
        raise ValueError(f"there is no code of height {height}")
    text = (files(__package__) / f"columns_{height}.json").read_text(encoding="ascii")
    found = {len(row): np.array(row, np.int64) for row in json.loads(text)}
    return MappingProxyType(found)
