"""PNG's row filters (PNG specification 3, section 9) over blocks of rows."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

NONE, SUB, UP, AVERAGE, PAETH = range(5)


class RowFilter(Protocol):
    """Filters a block of rows."""

    def __call__(self, rows: Bytes, above: Bytes, pixel_bytes: int, out: Bytes, /) -> None:
        """Fill `out` with filter types and filtered rows.

        Parameters
        ----------
        rows : ndarray, shape (n, row bytes)
            The rows as they are.
        above : ndarray, shape (n, row bytes)
            The row above each.
        pixel_bytes : int
            Bytes of a pixel: the distance to the left neighbour.
        out : ndarray, shape (n, 1 + row bytes)
            Filter type and filtered bytes.
        """


def filter_none(rows: Bytes, _above: Bytes, _pixel_bytes: int, out: Bytes) -> None:
    """Leave every row as it is: best for drawings, whose rows repeat."""
    out[:, 0] = NONE
    out[:, 1:] = rows


def filter_up(rows: Bytes, above: Bytes, _pixel_bytes: int, out: Bytes) -> None:
    """Filter every row by the row above: one pass, and as small as choosing on photographs."""
    out[:, 0] = UP
    np.subtract(rows, above, out=out[:, 1:])


def filter_adaptively(rows: Bytes, above: Bytes, pixel_bytes: int, out: Bytes) -> None:
    """Filter every row by the type whose output has the smallest sum of absolute values.

    The heuristic of PNG specification 3, section 12.7, bytes taken as signed.
    """
    left, above_left = _left(rows, pixel_bytes), _left(above, pixel_bytes)
    average = (left & above) + ((left ^ above) >> np.uint8(1))
    guesses = (None, left, above, average, _paeth(left, above, above_left))
    best = np.full(len(rows), np.iinfo(np.int64).max)
    for kind, guess in enumerate(guesses):
        filtered = rows if guess is None else rows - guess
        size = np.minimum(filtered, np.uint8(0) - filtered).sum(axis=1, dtype=np.int64)
        smaller = size < best
        best[smaller] = size[smaller]
        out[smaller, 0] = kind
        out[smaller, 1:] = filtered[smaller]


def _left(rows: Bytes, pixel_bytes: int) -> Bytes:
    """Return each byte's left neighbour, zero before the first pixel."""
    shifted = np.zeros_like(rows)
    shifted[:, pixel_bytes:] = rows[:, :-pixel_bytes]
    return shifted


def _paeth(left: Bytes, above: Bytes, above_left: Bytes) -> Bytes:
    """Return the neighbour nearest to left + above - above left; ties in that order."""
    a, b, c = (values.astype(np.int16) for values in (left, above, above_left))
    to_left, to_above = np.abs(b - c), np.abs(a - c)
    to_corner = np.abs(a + b - c - c)
    nearest = np.where(to_above <= to_corner, above, above_left)
    return np.where((to_left <= to_above) & (to_left <= to_corner), left, nearest)
