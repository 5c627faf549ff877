"""A cover and what became of it: one plane of ours, and replaced bits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from underpaint_client import hide
from underpaint_client.demo.landscape import landscape
from underpaint_common.pictures import Picture, picture_from_array, write_picture


@pytest.fixture(scope="session")
def scene() -> Picture:
    """Return a cover that is larger than what is shown at 1 : 1."""
    return picture_from_array(landscape(3, width=640, height=480))


@pytest.fixture(scope="session")
def replaced(scene: Picture) -> Picture:
    """Return the cover with every lowest bit of its upper half replaced."""
    samples = scene.samples.copy()
    bits = np.random.default_rng(1).integers(0, 2, samples[:240].shape, np.uint8)
    samples[:240] = (samples[:240] & np.uint8(0xFE)) | bits
    return picture_from_array(samples)


@pytest.fixture(scope="session")
def hidden(scene: Picture) -> Picture:
    """Return the cover with a payload in mode planes."""
    secret = np.random.default_rng(2).bytes(40_000)
    return hide(memoryview(secret), scene, key=bytes(32), mode="planes", name="n.bin").picture


@pytest.fixture
def cover_file(scene: Picture, tmp_path: Path) -> Path:
    path = tmp_path / "lake.png"
    write_picture(scene, path, overwrite=False)
    return path


@pytest.fixture
def hidden_file(hidden: Picture, tmp_path: Path) -> Path:
    path = tmp_path / "postcard.png"
    write_picture(hidden, path, overwrite=False)
    return path


@pytest.fixture
def replaced_file(replaced: Picture, tmp_path: Path) -> Path:
    path = tmp_path / "replaced.png"
    write_picture(replaced, path, overwrite=False)
    return path
