"""What a cover gives away before anything is embedded.

Where values are missing that neighbours make likely (contrast was stretched, 8 bits were spread
over 16, a drawing uses a few colours), a single changed sample lands on a value that the
untouched picture cannot have. Where a whole area is of one value (a drawing, a screenshot, a
blown-out sky), it stands out from its neighbours.
"""

from __future__ import annotations

import numpy as np

from underpaint_common.stego.samples import Samples

_MOST_SAMPLES = 1 << 20
_LOCAL_BINS = 64
_GAPS_BELOW = 0.93
_FEWEST_SAMPLES = 4096
_BLOCK = 8
_FLAT_FROM = 0.25


def occupancy(samples: Samples) -> float:
    """Return which share of the values that should occur does occur, 1 for a natural picture.

    The range of values is cut into bins; a bin of w values in which c samples lie should show
    ``w (1 - exp(-c / w))`` different ones if its samples fell evenly.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16
        One channel, any shape; a regular part of it is looked at where it is large.
    """
    flat = samples.reshape(-1)
    flat = flat[:: flat.size // _MOST_SAMPLES + 1]
    if flat.size == 0:
        return 1.0
    low, high = int(flat.min()), int(flat.max())
    counts = np.bincount(flat.astype(np.int64) - low)
    edges = np.unique(np.linspace(0, high - low + 1, _LOCAL_BINS + 1).astype(np.int64))
    width = np.diff(edges)
    inside = np.add.reduceat(counts, edges[:-1])
    expected = float(np.sum(width * -np.expm1(-inside / width)))
    return float(np.count_nonzero(counts)) / expected


def has_gaps(samples: Samples) -> bool:
    """Tell whether any channel lacks so many values that one change may show.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16, shape (height, width, channels)
        Very small pictures never have: too few samples to tell.
    """
    if samples.size < _FEWEST_SAMPLES:
        return False
    channels = range(samples.shape[2])
    return any(occupancy(samples[:, :, channel]) < _GAPS_BELOW for channel in channels)


def flat_share(samples: Samples) -> float:
    """Return which share of a picture's blocks, 8 by 8, is of one value, of the flattest channel.

    Photographs have few such blocks, or none; of the photographs and crops that detection was
    measured on, the flattest has 0.05.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16, shape (height, width, channels)
        Regular rows of blocks are looked at where it is large.
    """
    height, width, channels = (*(each // _BLOCK for each in samples.shape[:2]), samples.shape[2])
    if height == 0 or width == 0:
        return 0.0
    whole = samples[: height * _BLOCK, : width * _BLOCK]
    blocks = whole.reshape(height, _BLOCK, width, _BLOCK, channels)
    blocks = blocks[:: blocks.size // _MOST_SAMPLES + 1]
    flat = blocks.max(axis=(1, 3)) == blocks.min(axis=(1, 3))
    return float(flat.mean(axis=(0, 1)).max())


def is_flat(samples: Samples) -> bool:
    """Tell whether so much of a picture is of one value that changes there may show.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16, shape (height, width, channels)
        Very small pictures never are: too few samples to tell.
    """
    return samples.size >= _FEWEST_SAMPLES and flat_share(samples) >= _FLAT_FROM
