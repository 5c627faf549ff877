"""How rough a picture is: changes drown in texture and noise, and show where all is smooth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from underpaint_common.stego.samples import Samples

_STRIP_ROWS = 64
_MOST_SAMPLES = 1 << 20


def roughness(samples: Samples) -> float:
    """Return how much samples differ from what their neighbours foretell.

    The mean of ``log2(1 + |r|)``, where r is the second difference across of the second
    difference down: the filter by which HILL (Li, Wang, Huang and Li, A new cost function for
    spatial image steganography, 2014) finds texture. The logarithm keeps a few hard edges from
    standing for texture.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16, shape (height, width, channels)
        Of a large picture strips of rows are looked at, evenly spread over it.

    Returns
    -------
    float
        0 for a flat picture, and for one of less than 3 pixels in height or width; 1 to 5 for
        photographs of 8 bits.
    """
    if min(samples.shape[:2]) < 3:
        return 0.0
    total, count = 0.0, 0
    for rows in _strips(samples):
        wide = rows.astype(np.int32)
        down = wide[:-2] + wide[2:] - 2 * wide[1:-1]
        across = down[:, :-2] + down[:, 2:] - 2 * down[:, 1:-1]
        bits = np.log2(1 + np.abs(across).astype(np.float32))
        total += float(bits.sum(dtype=np.float64))
        count += bits.size
    return total / count


def _strips(samples: Samples) -> Iterator[Samples]:
    """Yield strips that overlap by two rows, all of them or so many as to bound the work."""
    inner = samples.shape[0] - 2
    strips = -(-inner // _STRIP_ROWS)
    size = _STRIP_ROWS * samples[0].size
    wanted = min(strips, max(_MOST_SAMPLES // size, 1))
    for number in range(wanted):
        top = (number * strips // wanted) * _STRIP_ROWS
        yield samples[top : top + _STRIP_ROWS + 2]
