"""Sample pairs analysis (Dumitrescu, Wu and Wang, Detection of LSB steganography, 2003).

Pairs of neighbours fall into sets that replacement moves into one another at rates known from
the payload alone; in an untouched picture two of the sets are equally large. What makes them so
again is the estimate. It holds from 0 to 100 %.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.detect.roots import share, smaller_root
from underpaint_common.stego.samples import Samples
from underpaint_common.stego.tiles import check_channel, tiles


def sample_pairs(channel: Samples, *, bounded: bool = True) -> float:
    """Return the estimated share of samples that bear payload by replacement in plane 0.

    Parameters
    ----------
    channel : ndarray of uint8 or uint16, shape (height, width)
        One colour channel of at least 2 pixels each way.
    bounded : bool
        False returns the estimate as it falls, also below 0 or above 1, as thresholds want it.

    Returns
    -------
    float
        0 to 1 where bounded; 0 where the picture is too flat to tell.

    Raises
    ------
    ValueError
        If this is not one channel, or it is too small.
    """
    check_channel(channel, 2)
    counts = np.zeros(4)
    for part in tiles(channel, columns=1):
        counts += _count(part[:, :-1], part[:, 1:])
    for part in tiles(channel, rows=1):
        counts += _count(part[:-1], part[1:])
    pairs, x, unequal, w = counts.tolist()
    y, z = unequal - x, pairs - unequal
    # Equation 11 in the form that the sets of all differences together give.
    return share(smaller_root((w + z) / 2, 2 * x - pairs, y - x), bounded=bounded)


def _count(u: Samples, v: Samples) -> NDArray[np.float64]:
    """Return how many pairs there are among neighbours u and v, in X, unequal, and in W."""
    odd = (v & v.dtype.type(1)).astype(np.bool_)
    unequal = u != v
    # X: v even and the larger, or v odd and the smaller.
    x = ((u < v) ^ odd) & unequal
    w = (u ^ v) == 1
    return np.array([u.size, *(np.count_nonzero(each) for each in (x, unequal, w))], np.float64)
