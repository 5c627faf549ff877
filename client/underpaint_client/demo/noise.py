"""Smooth random fields, the raw material of clouds, ridges, ripples and old paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


def spline_matrix(length: int, cells: float) -> FloatArray:
    """Return the weights that spread ``cells`` random knots over `length` points.

    Parameters
    ----------
    length : int
        Number of points.
    cells : float
        Number of knot intervals along them; wide cells make slow waves.

    Returns
    -------
    NDArray[np.float32]
        Uniform cubic B-spline weights, shape ``(length, floor(cells) + 4)``.
    """
    position = np.linspace(0, cells, length, dtype=np.float64)
    first = position.astype(np.intp)
    t = position - first
    weights = np.zeros((length, int(cells) + 4), dtype=np.float32)
    rows = np.arange(length)
    weights[rows, first] = (1 - t) ** 3 / 6
    weights[rows, first + 1] = (3 * t**3 - 6 * t**2 + 4) / 6
    weights[rows, first + 2] = (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6
    weights[rows, first + 3] = t**3 / 6
    return weights


def curve(rng: np.random.Generator, length: int, cells: float) -> FloatArray:
    """Return one smooth random line, shape ``(length,)``, values within -1 to 1."""
    weights = spline_matrix(length, cells)
    knots = rng.uniform(-1, 1, (weights.shape[1],)).astype(np.float32)
    line: FloatArray = weights @ knots
    return line


def ridge_line(
    rng: np.random.Generator, length: int, cells: float, octaves: int, *, sharp: bool
) -> FloatArray:
    """Return a mountain outline: octaves of noise, each twice as fine and half as high.

    `sharp` folds every octave at zero, which turns rolling hills into peaks.
    """
    total = np.zeros(length, dtype=np.float32)
    for octave in range(octaves):
        line = curve(rng, length, cells * 2**octave)
        total += (0.6 - 1.8 * np.abs(line) if sharp else line) * np.float32(0.5**octave)
    return total


def field(
    rng: np.random.Generator, shape: tuple[int, int], cells: tuple[float, float], octaves: int = 1
) -> FloatArray:
    """Return a smooth random field, shape `shape`, values about -1 to 1.

    Parameters
    ----------
    rng : np.random.Generator
        Where the knots come from.
    shape : (int, int)
        Height and width.
    cells : (float, float)
        Knot intervals of the first octave, down and across.
    octaves : int
        Each further octave is twice as fine and half as strong.
    """
    total = np.zeros(shape, dtype=np.float32)
    for octave in range(octaves):
        down = spline_matrix(shape[0], cells[0] * 2**octave)
        across = spline_matrix(shape[1], cells[1] * 2**octave)
        knots = rng.uniform(-1, 1, (down.shape[1], across.shape[1])).astype(np.float32)
        total += (down @ knots * np.float32(0.5**octave)) @ across.T
    return total
