"""Limits hold before anything is decoded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.errors import UnusableImage
from underpaint_common.pictures import Limits


@given(width=st.integers(1, 50), height=st.integers(1, 50), pixel=st.integers(1, 8))
def test_a_picture_passes_when_it_is_within_all_limits(width: int, height: int, pixel: int) -> None:
    limits = Limits(max_pixels=1000, max_inflated_bytes=3000)
    allowed = width * height <= 1000 and width * height * pixel <= 3000
    if allowed:
        limits.check_pixels(width, height, pixel)
    else:
        with pytest.raises(UnusableImage):
            limits.check_pixels(width, height, pixel)


@pytest.mark.parametrize("sides", [(0, 5), (5, 0), (-1, 5), (0, 0)])
def test_an_empty_picture_is_none(sides: tuple[int, int]) -> None:
    with pytest.raises(UnusableImage, match="no pixels"):
        Limits().check_pixels(*sides, 1)


def test_a_file_over_the_limit_is_refused() -> None:
    Limits(max_file_bytes=10).check_file(10)
    with pytest.raises(UnusableImage, match="more than the limit of 10"):
        Limits(max_file_bytes=10).check_file(11)
