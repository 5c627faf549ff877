"""Pixels travel as bit planes, the most significant first, and come back as a PNG of the same."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.errors import Damaged, UnusableImage, UsageError
from underpaint_common.payload.contents import Contents
from underpaint_common.payload.modes import Form
from underpaint_common.payload.pixels import pixels_of, png_of
from underpaint_common.pictures import Limits, OutputFormat, encode, read_picture
from underpaint_common.pictures.picture import Picture

LIMITS = Limits()


@settings(deadline=None, max_examples=40)
@given(
    height=st.integers(1, 20),
    width=st.integers(1, 20),
    channels=st.sampled_from([1, 3]),
    depth=st.sampled_from([8, 16]),
    holes=st.sampled_from([-1.0, 0.5]),
)
def test_every_pixel_comes_back(cover, height, width, channels, depth, holes):
    picture = cover(height, width, channels, depth, holes=holes)
    contents = pixels_of(b"".join(encode(picture)), "scan.tiff", LIMITS)
    assert (contents.name, contents.media_type) == ("scan.png", "image/png")
    back = read_picture(png_of(contents))
    assert back.bit_depth == depth
    assert np.array_equal(back.samples, picture.samples)
    if picture.alpha is not None:
        assert np.array_equal(back.alpha, picture.alpha)


def test_the_most_significant_plane_leads():
    picture = Picture(np.full((2, 4, 1), 0x80, np.uint8))
    contents = pixels_of(b"".join(encode(picture)), "x.png", LIMITS)
    assert contents.data[11:] == b"\xff" + bytes(7)


def test_half_a_secret_sample_takes_one_cover_sample(cover):
    picture = cover(40, 50, 3)
    contents = pixels_of(b"".join(encode(picture)), "x.png", LIMITS)
    assert len(contents.data) == picture.samples.size + 11


@given(st.binary(max_size=60))
def test_any_bytes_give_a_picture_or_an_error(data):
    with contextlib.suppress(Damaged):
        assert png_of(Contents(Form.PIXELS, "x.png", "image/png", data)).startswith(b"\x89PNG")


def test_what_has_no_pixels_is_refused():
    with pytest.raises(UnusableImage):
        pixels_of(b"words", "x.png", LIMITS)
    cmyk = Picture(np.zeros((3, 3, 4), np.uint8))
    file = b"".join(encode(cmyk, OutputFormat.TIFF))
    with pytest.raises(UsageError, match="grey and RGB"):
        pixels_of(file, "x.tiff", LIMITS)
