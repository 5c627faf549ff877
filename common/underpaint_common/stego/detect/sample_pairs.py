"""Sample pairs analysis (Dumitrescu, Wu and Wang, Detection of LSB steganography, 2003).

Pairs of neighbours fall into sets that replacement moves into one another at rates known from
the payload alone; in an untouched picture two of the sets are equally large. What makes them so
again is the estimate.
"""

from __future__ import annotations

import math

import numpy as np

from underpaint_common.stego.samples import Samples


def sample_pairs(channel: Samples) -> float:
    """Return the estimated share of samples that bear payload by replacement in plane 0.

    Parameters
    ----------
    channel : ndarray of uint8 or uint16, shape (height, width)
        One colour channel.

    Returns
    -------
    float
        0 to 1; 0 where the picture is too flat to tell.

    Raises
    ------
    ValueError
        If this is not one channel.
    """
    if channel.ndim != 2:
        raise ValueError("one channel of shape (height, width) is needed")
    across = _count(channel[:, :-1], channel[:, 1:])
    pairs, x, y, w, z = across + _count(channel[:-1], channel[1:])
    # Equation 11 in the form that the sets of all differences together give.
    return _smaller_root((w + z) / 2, 2 * x - pairs, y - x)


def _count(u: Samples, v: Samples) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the sizes of all pairs and of the sets X, Y, W and Z among neighbours u and v."""
    even = (v & v.dtype.type(1)) == 0
    less, more = u < v, u > v
    x = np.count_nonzero(np.where(even, less, more))
    y = np.count_nonzero(np.where(even, more, less))
    same_pair = (u ^ v) == 1
    z = u.size - x - y
    return np.array([u.size, x, y, np.count_nonzero(same_pair), z], np.float64)


def _smaller_root(a: float, b: float, c: float) -> float:
    """Return the root of ``a q**2 + b q + c`` that is the payload, clipped to 0 to 1."""
    if a == 0:
        return 0.0 if b == 0 else min(max(-c / b, 0.0), 1.0)
    discriminant = max(b * b - 4 * a * c, 0.0)
    roots = [(-b + sign * math.sqrt(discriminant)) / (2 * a) for sign in (1, -1)]
    return min(max(min(roots, key=abs), 0.0), 1.0)
