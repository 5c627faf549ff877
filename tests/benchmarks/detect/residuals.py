"""Noise residuals: what is left of a channel once each sample is predicted from its neighbours.

The linear filters are those of the spatial rich model (Fridrich and Kodovsky, Rich models for
steganalysis of digital images, 2012): first, second and third differences, the edge and square
kernels of 3 and of 5 samples. Whole numbers throughout, so that two machines agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Residual: TypeAlias = NDArray[np.int16]

MARGIN = 3
"""Samples at each edge that have no residual, alike for all filters."""

_Shift: TypeAlias = Callable[[int, int], Residual]

# Right, left, up, down, then the four diagonals.
_AROUND = ((0, 1), (0, -1), (-1, 0), (1, 0), (-1, 1), (-1, -1), (1, 1), (1, -1))
_OPPOSITE_PAIRS = ((0, 1), (1, 0), (1, 1), (1, -1))
_TURNS = (((-1, 0), (0, -1), (0, 1)), ((1, 0), (0, -1), (0, 1)), ((0, -1), (-1, 0), (1, 0)),
          ((0, 1), (-1, 0), (1, 0)))  # fmt: skip
_KERNEL_5 = (
    (-1, 2, -2, 2, -1),
    (2, -6, 8, -6, 2),
    (-2, 8, -12, 8, -2),
    (2, -6, 8, -6, 2),
    (-1, 2, -2, 2, -1),
)


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """All residuals of one channel, each of shape (height - 6, width - 6).

    Parameters
    ----------
    first, third : tuple of 8 ndarrays
        Differences of that order towards right, left, up, down and the diagonals.
    second : tuple of 4 ndarrays
        Across, down, and the two diagonals.
    edge3, edge5 : tuple of 4 ndarrays
        Half kernels that look up, down, left and right.
    square3, square5 : ndarray
        The whole kernels.
    """

    first: tuple[Residual, ...]
    second: tuple[Residual, ...]
    third: tuple[Residual, ...]
    edge3: tuple[Residual, ...]
    edge5: tuple[Residual, ...]
    square3: Residual
    square5: Residual


def residuals(channel: NDArray[np.uint8]) -> Residuals:
    """Return the residuals of one channel of shape (height, width)."""
    wide = channel.astype(np.int16)
    height, width = wide.shape

    def at(down: int, right: int) -> Residual:
        rows = slice(MARGIN + down, height - MARGIN + down)
        return wide[rows, MARGIN + right : width - MARGIN + right]

    centre = at(0, 0)
    edge5, square5 = _kernels_of_5(at)
    return Residuals(
        first=tuple(at(*step) - centre for step in _AROUND),
        second=tuple(at(y, x) + at(-y, -x) - 2 * centre for y, x in _OPPOSITE_PAIRS),
        third=tuple(3 * (at(y, x) - centre) - at(2 * y, 2 * x) + at(-y, -x) for y, x in _AROUND),
        edge3=tuple(_edge3(at, turn) for turn in _TURNS),
        edge5=edge5,
        square3=_square3(at),
        square5=square5,
    )


def _edge3(at: _Shift, turn: tuple[tuple[int, int], ...]) -> Residual:
    """Return the half kernel of 3 that looks towards the first direction of a turn."""
    (y, x), *sides = turn
    total = 2 * at(y, x) - 4 * at(0, 0)
    for down, right in sides:
        total += 2 * at(down, right) - at(y + down, x + right)
    return total


def _square3(at: _Shift) -> Residual:
    sides = at(0, 1) + at(0, -1) + at(1, 0) + at(-1, 0)
    corners = at(1, 1) + at(1, -1) + at(-1, 1) + at(-1, -1)
    total: Residual = 2 * sides - corners - 4 * at(0, 0)
    return total


def _kernels_of_5(at: _Shift) -> tuple[tuple[Residual, ...], Residual]:
    """Return the four halves of the kernel of 5, each with the middle line, and the whole."""
    rows = [_line(at, [(row, column) for column in range(5)]) for row in range(5)]
    columns = [_line(at, [(row, column) for row in range(5)]) for column in range(5)]
    up, down = rows[0] + rows[1] + rows[2], rows[2] + rows[3] + rows[4]
    left, right = columns[0] + columns[1] + columns[2], columns[2] + columns[3] + columns[4]
    return (up, down, left, right), up + rows[3] + rows[4]


def _line(at: _Shift, cells: list[tuple[int, int]]) -> Residual:
    """Return what one line of the kernel of 5 gives."""
    (row, column), *others = cells
    total: Residual = np.int16(_KERNEL_5[row][column]) * at(row - 2, column - 2)
    for row, column in others:
        total += np.int16(_KERNEL_5[row][column]) * at(row - 2, column - 2)
    return total
