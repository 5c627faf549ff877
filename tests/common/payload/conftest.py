"""Covers and secrets for the tests of the container."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from underpaint_common.payload import SecretFile
from underpaint_common.pictures import Picture, picture_from_array


@pytest.fixture(scope="session")
def cover() -> Callable[..., Picture]:
    """Return a maker of noisy pictures, with transparent holes where wanted."""

    def make(
        height: int = 60, width: int = 80, channels: int = 3, depth: int = 8, *, holes: float = -1.0
    ) -> Picture:
        rng = np.random.default_rng([height, width, channels, depth])
        kind = np.uint8 if depth == 8 else np.uint16
        shape = (height, width, channels)
        samples = rng.integers(0, 1 << depth, shape).astype(kind)
        alpha = None
        if holes >= 0:
            alpha = rng.integers(1, 1 << depth, shape[:2]).astype(kind)
            alpha[rng.random(shape[:2]) < holes] = 0
        return picture_from_array(samples, alpha=alpha)

    return make


@pytest.fixture(scope="session")
def secret() -> Callable[..., SecretFile]:
    """Return a maker of secrets that cannot be deflated."""

    def make(size: int = 500, seed: int = 0) -> SecretFile:
        data = np.random.default_rng([size, seed]).bytes(size)
        return SecretFile("note.bin", "application/octet-stream", data)

    return make
