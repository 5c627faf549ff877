"""Pillow images in and out: what goes through both ways is what it was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from underpaint_common.errors import UsageError
from underpaint_common.pictures import Picture, picture_from_image, picture_to_image

SIDES = st.integers(1, 9)


@given(data=st.data(), channels=st.sampled_from([1, 3, 4]))
def test_there_and_back(data: st.DataObject, channels: int) -> None:
    samples = data.draw(hnp.arrays(np.uint8, st.tuples(SIDES, SIDES, st.just(channels))))
    alpha = None
    if channels != 4:
        alpha = data.draw(st.none() | hnp.arrays(np.uint8, samples.shape[:2]))
    back = picture_from_image(picture_to_image(Picture(samples, alpha, icc_profile=b"x")))
    np.testing.assert_array_equal(back.samples, samples)
    assert back.icc_profile == b"x"
    if alpha is None:
        assert back.alpha is None
    else:
        np.testing.assert_array_equal(back.alpha, alpha)


def test_sixteen_bit_grey_goes_both_ways_and_colour_is_refused() -> None:
    wide = np.arange(0, 60_000, 1000, dtype=np.uint16).reshape(6, 10, 1)
    back = picture_from_image(picture_to_image(Picture(wide)))
    np.testing.assert_array_equal(back.samples, wide)
    with pytest.raises(UsageError, match="16-bit"):
        picture_to_image(Picture(np.zeros((2, 2, 3), np.uint16)))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "RGBX"])
def test_every_mode_shows_what_pillow_shows(mode: str) -> None:
    gradient = np.linspace(0, 255, 48).astype(np.uint8).reshape(4, 4, 3)
    image = Image.fromarray(gradient).convert(mode)
    picture = picture_from_image(image)
    shown = {1: "L", 3: "RGB", 4: "CMYK"}[picture.channels]
    expected = np.asarray(image.convert(shown)).reshape(picture.samples.shape)
    np.testing.assert_array_equal(picture.samples, expected)
    assert (picture.alpha is not None) == (mode in ("LA", "RGBA"))
