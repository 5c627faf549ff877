"""The chi-square attack (Westfeld and Pfitzmann, Attacks on steganographic systems, 1999).

Replacing every lowest bit makes the two values of a pair 2k, 2k + 1 equally frequent. The test
tells how probable it is that they are: for full embedding, or for embedding in image order up to
some sample. It estimates no rate, and is blind to a payload spread thinly over the picture.

As in the paper the sum runs over the even values alone, with the freedom of all pairs: twice as
much would be expected of chance, so that embedding is told by values near 1, not by any value.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.samples import Samples
from underpaint_common.stego.tiles import check_channel

PARTS = 20
"""Into how many equal parts the prefixes divide a channel, unless told otherwise."""

_BLOCK = 1 << 16
_FEWEST_EXPECTED = 4
_CERTAIN = 0.95


def chi_square(channel: Samples) -> float:
    """Return the probability that the whole channel bears payload by replacement in plane 0.

    Parameters
    ----------
    channel : ndarray of uint8 or uint16, shape (height, width)
        One colour channel.

    Returns
    -------
    float
        The test's p-value, 0 to 1; 0 where the picture uses too few values to tell.

    Raises
    ------
    ValueError
        If this is not one channel, or it is empty.
    """
    return chi_square_prefixes(channel, parts=1)[0]


def chi_square_prefixes(channel: Samples, *, parts: int = PARTS) -> tuple[float, ...]:
    """Return the probability of embedding for growing beginnings of a channel, in image order.

    Parameters
    ----------
    channel : ndarray of uint8 or uint16, shape (height, width)
        One colour channel.
    parts : int
        The first beginning is the channel's first 1 / parts, the last is all of it.

    Returns
    -------
    tuple of float
        As many p-values as parts.

    Raises
    ------
    ValueError
        If this is not one channel, or it is empty.
    """
    check_channel(channel, 1)
    flat = channel.reshape(-1)
    histogram = np.zeros(1 << (8 * channel.dtype.itemsize), np.int64)
    found = []
    for part in range(parts):
        start, end = flat.size * part // parts, flat.size * (part + 1) // parts
        for block in range(start, end, _BLOCK):
            samples = flat[block : min(block + _BLOCK, end)]
            histogram += np.bincount(samples, minlength=histogram.size)
        found.append(_probability(histogram))
    return tuple(found)


def embedded_beginning(prefixes: tuple[float, ...]) -> float:
    """Return the share of a channel up to which embedding in image order is taken for certain.

    Parameters
    ----------
    prefixes : tuple of float
        As `chi_square_prefixes` returns them.

    Returns
    -------
    float
        0 to 1, in steps of one part. Two parts are the least believed: small samples deceive.
    """
    reach = max((n for n, p in enumerate(prefixes, 1) if p > _CERTAIN), default=0)
    sure = sum(p > _CERTAIN for p in prefixes[:reach])
    return reach / len(prefixes) if sure >= min(2, len(prefixes)) else 0.0


def _probability(histogram: NDArray[np.int64]) -> float:
    """Return the p-value of equal frequencies within pairs; pairs seldom met are left out."""
    even, odd = histogram[::2], histogram[1::2]
    expected = (even + odd) / 2
    kept = expected > _FEWEST_EXPECTED
    freedom = int(np.count_nonzero(kept)) - 1
    if freedom < 1:
        return 0.0
    statistic = float(np.sum((even[kept] - expected[kept]) ** 2 / expected[kept]))
    return survival(statistic, freedom)


def survival(statistic: float, freedom: int) -> float:
    """Return the probability that a chi-square variable exceeds a value.

    The finite sums of Abramowitz and Stegun, Handbook of Mathematical Functions, 26.4.4 and
    26.4.5, added up as logarithms.

    Parameters
    ----------
    statistic : float
        The value, 0 or more.
    freedom : int
        Degrees of freedom, 1 or more.
    """
    half = statistic / 2
    if half <= 0:
        return 1.0
    odd = freedom % 2
    total = math.erfc(math.sqrt(half)) if odd else 0.0
    orders = np.arange(freedom // 2) + odd / 2
    if orders.size:
        # Term n is exp(-half) half**n / gamma(n + 1), each from the one before.
        steps = np.log(half) - np.log(orders[1:])
        first = -half + orders[0] * math.log(half) - math.lgamma(orders[0] + 1)
        total += float(np.exp(first + np.concatenate(([0.0], np.cumsum(steps)))).sum())
    return min(total, 1.0)
