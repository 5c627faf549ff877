"""RS analysis (Fridrich, Goljan and Du, Detecting LSB steganography in color and gray-scale, 2001).

Flipping the lowest bits of some pixels of a group makes an untouched picture rougher (the group
is regular) more often than smoother (singular), whichever way values are paired for flipping;
replacement makes the flip of its own pairs 2k, 2k + 1 lose that effect, and not the flip of the
pairs 2k - 1, 2k. Four differences of counts, two of them taken after all lowest bits are flipped,
give the estimate. It holds up to about 75 %; near 100 % the equation's roots meet.

Groups are all blocks of 2 x 2 pixels, overlapping; one diagonal is flipped; roughness is the sum
of the absolute differences along the four sides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.detect.roots import share, smaller_root
from underpaint_common.stego.samples import Samples
from underpaint_common.stego.tiles import check_channel, tiles


def rs(channel: Samples, *, bounded: bool = True) -> float:
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
    counts = np.zeros(4, np.int64)
    for part in tiles(channel, rows=1, columns=1):
        one = part.dtype.type(1)
        # Minus one where flipping takes a value down, zero where it takes it up.
        downward = -(part & one).astype(np.int8)
        counts += [*_excess(part, downward), *_excess(part ^ one, ~downward)]
    own, other, own_flipped, other_flipped = counts.tolist()
    # Equation 4: x is half the share, seen from the point where it is one.
    root = smaller_root(
        2 * (own_flipped + own),
        other - other_flipped - own_flipped - 3 * own,
        own - other,
    )
    return share(root / (root - 0.5) if root != 0.5 else 1.0, bounded=bounded)


def _excess(values: Samples, downward: NDArray[np.int8]) -> tuple[int, int]:
    """Return by how many the regular groups exceed the singular ones, for either flip.

    A flip moves a value by one; so a side's difference grows by one where the ends were equal or
    the value moves away from its neighbour, and shrinks by one otherwise.
    """
    across, equal_across = _order(values[:, :-1], values[:, 1:])
    down, equal_down = _order(values[:-1], values[1:])
    first = _signed(across[:-1] + down[:, :-1], downward[:-1, :-1])
    last = _signed(across[1:] + down[:, 1:], downward[1:, 1:])
    towards = first - last
    growth = equal_across[:-1] + equal_across[1:] + equal_down[:, :-1] + equal_down[:, 1:]
    return _difference(towards, growth), _difference(-towards, growth)


def _difference(towards: NDArray[np.int8], growth: NDArray[np.int8]) -> int:
    """Return the groups that grow rougher less those that grow smoother."""
    return int(np.count_nonzero(towards < growth)) - int(np.count_nonzero(towards > growth))


def _order(u: Samples, v: Samples) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Return the signs of ``v - u``, and ones where the two are equal."""
    return (u < v).view(np.int8) - (u > v).view(np.int8), (u == v).view(np.int8)


def _signed(values: NDArray[np.int8], minus: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return values, negated where the mask is minus one: two's complement without a branch."""
    return (values ^ minus) - minus
