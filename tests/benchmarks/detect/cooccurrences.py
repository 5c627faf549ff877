"""Quantised residuals counted in fours along lines, or in threes across the colour channels.

Counts that a mirrored or a negated picture would swap are added up, as in the spatial rich
model: fewer numbers, each better known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from tests.benchmarks.detect.residuals import Residual

Levels: TypeAlias = NDArray[np.uint8]
"""A residual in steps: 0 to 4 for -2 to 2."""

Counts: TypeAlias = NDArray[np.float64]
Features: TypeAlias = NDArray[np.float32]

LEVELS = 5
_FOURS = LEVELS**4
_THREES = LEVELS**3


def quantise(residual: Residual, step: int) -> Levels:
    """Return a residual divided by a step, rounded (halves away from 0) and cut off at 2."""
    half, far = -(-step // 2), -(-3 * step // 2)
    levels = (residual >= half).view(np.uint8) + (residual >= far).view(np.uint8)
    levels += np.uint8(2)
    levels -= (residual <= -half).view(np.uint8)
    levels -= (residual <= -far).view(np.uint8)
    return levels


def fours(levels: Levels, *, down: bool) -> Counts:
    """Return how often each four of neighbours occurs, across or down."""
    lines = levels.T if down else levels
    pairs = lines[:, :-1] * np.uint8(LEVELS) + lines[:, 1:]
    codes = pairs[:, :-2] * np.uint16(LEVELS**2) + pairs[:, 2:]
    return np.bincount(codes.reshape(-1), minlength=_FOURS).astype(np.float64)


def threes(red: Levels, green: Levels, blue: Levels) -> Counts:
    """Return how often each three of values at one place occurs."""
    codes = (red * np.uint8(LEVELS) + green) * np.uint8(LEVELS) + blue
    return np.bincount(codes.reshape(-1), minlength=_THREES).astype(np.float64)


def mirrored(counts: Iterable[Counts]) -> Features:
    """Return roots of shares of fours, each added to its mirror image: 325 numbers."""
    return _folded(sum(counts, np.zeros(_FOURS)), _MIRRORED)


def mirrored_and_negated(counts: Iterable[Counts]) -> Features:
    """Return roots of shares of fours, mirror images and negatives added up: 169 numbers."""
    return _folded(sum(counts, np.zeros(_FOURS)), _MIRRORED_AND_NEGATED)


def negated(counts: Counts) -> Features:
    """Return roots of shares of threes, each added to its negative: 63 numbers."""
    return _folded(counts, _NEGATED)


def _folded(counts: Counts, groups: NDArray[np.intp]) -> Features:
    shares = np.bincount(groups, counts) / max(counts.sum(), 1.0)
    # Counts spread as their roots do: roots let rare and common ones weigh alike.
    return np.asarray(np.sqrt(shares), np.float32)


def _groups(*alike: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the same small number for all codes that one of the renamings swaps."""
    _, inverse = np.unique(np.minimum.reduce(alike), return_inverse=True)
    return np.asarray(inverse, np.intp)


def _fours_groups() -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    codes = np.arange(_FOURS)
    back = codes.reshape((LEVELS,) * 4).transpose(3, 2, 1, 0).reshape(-1)
    return _groups(codes, back), _groups(codes, back, codes[::-1], back[::-1])


_MIRRORED, _MIRRORED_AND_NEGATED = _fours_groups()
_NEGATED = _groups(np.arange(_THREES), np.arange(_THREES)[::-1])
