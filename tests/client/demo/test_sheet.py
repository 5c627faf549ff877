"""The contact sheet, and the one honest number on it: the amplification."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from underpaint_client.demo.sheet import Panel, contact_sheet, difference, viewable
from underpaint_client.sources import picture_of


def test_equal_pictures_have_a_grey_difference(cover_samples: NDArray[np.uint8]) -> None:
    picture = picture_of(cover_samples)
    changes = difference(picture, picture)
    assert (changes.amplification, changes.is_part) == (1, False)
    assert changes.image.getextrema() == ((127, 127), (127, 127), (127, 127))


@pytest.mark.parametrize("strongest", [1, 2, 15, 200])
@pytest.mark.parametrize("size", [(100, 120), (1000, 1500)])
def test_the_amplification_is_the_one_stated(size: tuple[int, int], strongest: int) -> None:
    cover = np.full((*size, 3), 40, dtype=np.uint8)
    stego = cover.copy()
    stego[..., 1] += np.uint8(strongest)
    stego[..., 2] -= np.uint8(1)
    changes = difference(picture_of(cover), picture_of(stego))
    assert changes.is_part == (size == (1000, 1500))
    red, green, blue = changes.image.getpixel((5, 5))
    assert red == 127
    assert green == min(127 + strongest * changes.amplification, 255)
    assert blue == 127 - changes.amplification
    assert green > 230


def test_a_single_changed_sample_is_one_pixel_of_the_middle() -> None:
    cover = np.full((900, 1300, 3), 9, dtype=np.uint8)
    stego = cover.copy()
    stego[450, 650] = 10
    shown = np.asarray(difference(picture_of(cover), picture_of(stego)).image)
    assert (shown != 127).any(axis=2).sum() == 1
    assert shown.max() == 254


def test_a_step_of_sixteen_bits_is_amplified_from_its_own_size() -> None:
    cover = np.full((50, 60), 1000, dtype=np.uint16)
    changes = difference(picture_of(cover), picture_of(cover + np.uint16(1)))
    assert changes.amplification == 127 * 257
    assert changes.image.getpixel((5, 5)) == (254, 254, 254)


@pytest.mark.parametrize("channels", [None, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_any_picture_can_be_shown(channels: int | None, dtype: type) -> None:
    shape = (30, 40) if channels is None else (30, 40, channels)
    picture = picture_of(np.full(shape, np.iinfo(dtype).max, dtype=dtype))
    assert viewable(picture).mode == "RGB"
    assert viewable(picture).getpixel((3, 3)) == (255, 255, 255)
    assert difference(picture, picture).amplification in (1, 257)


def test_a_sheet_holds_every_panel(tmp_path: Path) -> None:
    colours = ("red", "green", "blue", "orange", "purple")
    panels = [Panel(Image.new("RGB", (40, 30), name), name, "a remark") for name in colours]
    contact_sheet((panels[0], panels[1], panels[2], panels[3], panels[4]), tmp_path / "s.png", "x")
    with Image.open(tmp_path / "s.png") as sheet:
        found = {colour for _, colour in sheet.getcolors(1 << 20)}
    assert found >= {Image.new("RGB", (1, 1), name).getpixel((0, 0)) for name in colours}
