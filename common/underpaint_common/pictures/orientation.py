"""EXIF orientation: turning samples upright."""

from __future__ import annotations

import numpy as np

from underpaint_common.pictures.picture import Samples

UPRIGHT = 1

# Orientation -> (swap rows and columns first, then flip rows, flip columns); EXIF 2.32, 4.6.4 A.
_TURNS = {
    1: (False, False, False),
    2: (False, False, True),
    3: (False, True, True),
    4: (False, True, False),
    5: (True, False, False),
    6: (True, False, True),
    7: (True, True, True),
    8: (True, True, False),
}


def upright(samples: Samples, orientation: int) -> Samples:
    """Return samples, shape (height, width, ...), as the EXIF orientation says to show them.

    Values that EXIF does not define mean upright.
    """
    swap, flip_rows, flip_columns = _TURNS.get(orientation, _TURNS[UPRIGHT])
    turned = np.swapaxes(samples, 0, 1) if swap else samples
    turned = turned[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1]
    return np.ascontiguousarray(turned)
