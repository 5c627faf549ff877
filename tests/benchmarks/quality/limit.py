"""The least mean squared error at a payload rate, whatever the code."""

from __future__ import annotations

import math

import numpy as np


def limit(rate: float) -> float:
    """Return the least mean squared error: ternary up to one bit, discrete Gaussian beyond."""
    steps = np.arange(-1 if rate <= 1 else -200, 2 if rate <= 1 else 201, dtype=float)
    low, high = 1e-7, 60.0
    for _ in range(200):
        middle = math.sqrt(low * high)
        weights = np.exp(-middle * steps**2)
        weights /= weights.sum()
        used = weights[weights > 0]
        if -(used * np.log2(used)).sum() > rate:
            low = middle
        else:
            high = middle
    return float((weights * steps**2).sum())


def psnr_of(error: float) -> float:
    """Return the PSNR of a mean squared error, in dB."""
    return 10 * math.log10(255**2 / error)
