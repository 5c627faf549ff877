"""The contact sheet, and the one honest number on it: the amplification."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from underpaint_client.demo.sheet import Panel, contact_sheet, difference, viewable
from underpaint_client.sources import picture_of


def test_equal_pictures_have_a_black_difference(cover_samples: NDArray[np.uint8]) -> None:
    picture = picture_of(cover_samples)
    shown, factor = difference(picture, picture)
    assert factor == 1
    assert shown.getextrema() == ((0, 0), (0, 0), (0, 0))


@pytest.mark.parametrize("size", [(100, 120), (1000, 1500)])
def test_the_amplification_is_the_one_stated(size: tuple[int, int]) -> None:
    cover = np.full((*size, 3), 100, dtype=np.uint8)
    stego = cover.copy()
    stego[..., 1] += 2
    shown, factor = difference(picture_of(cover), picture_of(stego))
    red, green, blue = shown.getpixel((5, 5))
    assert green == 2 * factor
    assert (red, blue) == (0, 0)
    assert green > 200


@pytest.mark.parametrize("channels", [None, 2, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_any_picture_can_be_shown(channels: int | None, dtype: type) -> None:
    shape = (30, 40) if channels is None else (30, 40, channels)
    picture = picture_of(np.full(shape, np.iinfo(dtype).max, dtype=dtype))
    assert viewable(picture).mode == "RGB"
    assert viewable(picture).getpixel((3, 3)) == (255, 255, 255)
    assert difference(picture, picture)[1] == 1


def test_a_sheet_holds_every_panel(tmp_path: Path) -> None:
    colours = ("red", "green", "blue", "orange", "purple")
    panels = [Panel(Image.new("RGB", (40, 30), name), name, "a remark") for name in colours]
    contact_sheet((panels[0], panels[1], panels[2], panels[3], panels[4]), tmp_path / "s.png", "x")
    with Image.open(tmp_path / "s.png") as sheet:
        found = {colour for _, colour in sheet.getcolors(1 << 20)}
    assert found >= {Image.new("RGB", (1, 1), name).getpixel((0, 0)) for name in colours}
