"""The quadratic equation in which sample pairs and RS analysis end."""

from __future__ import annotations

import math


def smaller_root(a: float, b: float, c: float) -> float:
    """Return the root of ``a x**2 + b x + c`` that is nearer to 0.

    Noise in the counts may leave no real root, where the two nearly meet: their common real part
    is taken then. Without any root (nothing was counted) it is 0.
    """
    if a == 0:
        return 0.0 if b == 0 else -c / b
    spread = math.sqrt(max(b * b - 4 * a * c, 0.0))
    # Written without the difference of nearly equal numbers, for small a.
    far = -(b + math.copysign(spread, b)) / 2
    return 0.0 if far == 0 else min(c / far, far / a, key=abs)


def share(estimate: float, *, bounded: bool) -> float:
    """Return an estimate as it is, or where it is bounded, as the share 0 to 1 that it means."""
    return max(0.0, min(estimate, 1.0)) if bounded else estimate
