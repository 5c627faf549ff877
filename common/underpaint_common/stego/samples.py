"""The types of the core: sample arrays, and the byte streams that steer keyed choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.uint8 | np.uint16]
"""Samples of 8 or 16 bits, of any shape; embedding changes neither shape nor type."""

Octets: TypeAlias = NDArray[np.uint8]
"""Bytes, or sample values of at most 8 bits, as an array."""

ByteStream: TypeAlias = Callable[[int], bytes]
"""Called with n, returns the next n bytes of a keyed stream: same key, same bytes, everywhere."""

BLOCK = 1 << 18
"""Samples a block: what the loops work on stays in the second-level cache. Part of the format."""

MAX_PLANES = 8
"""The most bit planes that any mode writes."""


def like(samples: Samples, values: Octets) -> Samples:
    """Return small values in the type of the samples, without a copy where that is the same."""
    return values if samples.dtype == np.uint8 else values.astype(np.uint16)
