"""Parts stay inside, and what is shown is what the samples hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_client.inspect import regions
from underpaint_client.inspect.regions import CROP, MIDDLE_GREY, Region
from underpaint_common.pictures import picture_from_array

SIDES = st.integers(1, 1200)


@given(SIDES, SIDES, st.tuples(st.integers(-50, 1300), st.integers(-50, 1300)) | st.none())
def test_a_region_never_leaves_the_picture(width, height, at):
    picture = picture_from_array(np.broadcast_to(np.uint8(0), (height, width)))
    region = Region.around(picture, at)
    part = region.of(picture.samples)
    assert part.shape[:2] == (min(height, CROP[1]), min(width, CROP[0]))
    assert region.is_all_of(picture) == (width <= CROP[0] and height <= CROP[1])
    if at is not None and 0 <= at[0] < width and 0 <= at[1] < height:
        assert region.left <= at[0] < region.left + region.width
        assert region.top <= at[1] < region.top + region.height


@given(SIDES, SIDES)
def test_thinned_pictures_fit_where_a_part_does(width, height):
    thin = regions.thinned(np.broadcast_to(np.uint8(0), (height, width, 3)))
    assert thin.shape[1] <= CROP[0]
    assert thin.shape[0] <= CROP[1]


@pytest.mark.parametrize(("largest", "factor"), [(0, 1), (1, 127), (2, 63), (15, 8), (200, 1)])
def test_changes_keep_their_sign_and_reach_the_ends(largest, factor):
    assert regions.amplification(largest) == factor
    cover = np.array([[100, 100, 100]], np.uint8)
    stego = np.array([[100 - min(largest, 100), 100, 100 + min(largest, 100)]], np.uint8)
    down, none, up = regions.difference(cover, stego, largest)[0].tolist()
    assert none == MIDDLE_GREY
    assert down <= none <= up
    assert none - down == up - none
    if largest:
        assert up > none


def test_sixteen_bit_changes_are_scaled_down():
    cover = np.array([[0, 65535, 7]], np.uint16)
    stego = np.array([[65535, 0, 7]], np.uint16)
    assert regions.difference(cover, stego, 65535).tolist() == [[254, 0, MIDDLE_GREY]]


@given(st.integers(1, 9), st.integers(1, 13), st.integers(1, 13))
def test_density_is_the_share_of_each_block(side, height, width):
    rng = np.random.default_rng(height * width)
    cover = rng.integers(0, 2, (height, width, 3), np.uint8)
    stego = rng.integers(0, 2, (height, width, 3), np.uint8)
    density = regions.change_density(cover, stego, side)
    for row in range(density.shape[0]):
        for column in range(density.shape[1]):
            block = slice(row * side, row * side + side), slice(column * side, column * side + side)
            assert density[row, column] == pytest.approx(np.mean(cover[block] != stego[block]))


def test_screens_get_eight_bits():
    wide = np.array([[[0, 255, 65535]]], np.uint16)
    assert regions.colours(wide).tolist() == [[[0, 0, 255]]]
    assert regions.colours(np.array([[[7]]], np.uint8)).tolist() == [[7]]
    ink = np.array([[[0, 0, 0, 0], [255, 0, 0, 0], [0, 0, 0, 255]]], np.uint8)
    assert regions.colours(ink).tolist() == [[[255, 255, 255], [0, 255, 255], [0, 0, 0]]]
