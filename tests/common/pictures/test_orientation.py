"""Orientations turn pictures as Pillow turns them, and back again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from underpaint_common.pictures import read_picture
from underpaint_common.pictures.orientation import upright

METHODS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@pytest.mark.parametrize("orientation", range(10))
def test_turns_are_those_of_pillow(orientation: int) -> None:
    samples = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    image = Image.fromarray(samples)
    if orientation in METHODS:
        image = image.transpose(METHODS[orientation])
    turned = upright(samples, orientation)
    np.testing.assert_array_equal(turned, np.asarray(image))
    assert turned.flags.c_contiguous


@pytest.mark.parametrize("shape", ["Landscape", "Portrait"])
def test_camera_files_of_all_orientations_show_one_scene(shared: Path, shape: str) -> None:
    folder = shared / "images" / "orientation"
    upright_one = read_picture(folder / f"{shape}_1.jpg").samples.astype(int)
    for orientation in range(9):
        samples = read_picture(folder / f"{shape}_{orientation}.jpg").samples
        assert samples.shape == upright_one.shape
        # Each file prints its own number into the scene: nearly everything else is equal.
        assert np.mean(np.abs(samples - upright_one)) < 12
