"""Streams and samples for the tests of the core."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

Stream = Callable[[int], bytes]


@pytest.fixture(scope="session")
def stream() -> Callable[[int], Stream]:
    """Return a maker of byte streams: the same seed, the same bytes."""

    def make(seed: int) -> Stream:
        return np.random.default_rng(seed).bytes

    return make


@pytest.fixture(scope="session")
def cover() -> Callable[..., NDArray[np.uint8] | NDArray[np.uint16]]:
    """Return a maker of flat samples of any statistics."""

    def make(
        size: int, seed: int = 0, low: int = 0, high: int = 256, depth: int = 8
    ) -> NDArray[np.uint8] | NDArray[np.uint16]:
        kind = np.uint8 if depth == 8 else np.uint16
        return np.random.default_rng(seed).integers(low, high, size).astype(kind)

    return make
