"""The nearest value that bears given low bits: optimal pixel adjustment with random ties.

Replacing k low bits moves a sample by up to ``2**k - 1``; letting the upper planes follow by one
step brings it to at most ``2**(k - 1)`` (Chan and Cheng, Hiding data in images by simple LSB
substitution, 2004). Where two values are equally near the choice is random, which makes one
plane plus-minus-one matching: always rounding one way would be replacement, which sample
pairs analysis reads off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from underpaint_common.stego.samples import Samples


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """For each sample of a block, the M consecutive values that hold every k-bit value once.

    Full arrays even where all samples bear the same k: numpy's minimum of an array and a scalar
    takes thirty times as long as that of two arrays.

    Parameters
    ----------
    masks : ndarray of uint8 or uint16
        ``M - 1 = 2**k - 1``, k at least 1.
    halves : ndarray, same shape and type
        ``M / 2``.
    tops : ndarray, same shape and type
        The highest value at which a window may begin.
    """

    masks: Samples
    halves: Samples
    tops: Samples

    @classmethod
    def of(cls, masks: Samples) -> Windows:
        """Return the windows for given masks."""
        kind = masks.dtype.type
        return cls(masks, (masks >> kind(1)) + kind(1), ~masks)

    def first(self, count: int) -> Windows:
        """Return the windows of the first `count` samples."""
        return Windows(self.masks[:count], self.halves[:count], self.tops[:count])


def move_to_nearest(samples: Samples, values: Samples, coins: Samples, windows: Windows) -> None:
    """Move every sample to the nearest one in range whose low bits are the given value.

    The window of a sample begins at ``u = sample - (M / 2 - coin)``, moved into the range where it
    would leave it; the value in it that fits is ``u + ((value - u) mod M)``.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16
        Overwritten.
    values : ndarray, same shape and type
        The low bits to bear; not above the mask. Overwritten.
    coins : ndarray, same shape and type
        0 or 1 at random: where two values are equally near, 0 takes the lower. Overwritten.
    windows : Windows
        Of the same shape and type.
    """
    np.subtract(windows.halves, coins, out=coins)
    np.maximum(samples, coins, out=samples)
    np.subtract(samples, coins, out=samples)
    np.minimum(samples, windows.tops, out=samples)
    np.subtract(values, samples, out=values)
    np.bitwise_and(values, windows.masks, out=values)
    np.add(samples, values, out=samples)
