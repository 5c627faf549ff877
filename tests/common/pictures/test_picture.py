"""Arrays and Pillow images become pictures, exactly or not at all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from underpaint_common.errors import UnusableImage
from underpaint_common.pictures import picture_from_array

SIDES = st.integers(1, 8)


@given(
    samples=hnp.arrays(
        st.sampled_from([np.uint8, np.uint16]),
        st.tuples(SIDES, SIDES) | st.tuples(SIDES, SIDES, st.sampled_from([1, 3])),
    ),
    reverse=st.booleans(),
)
def test_arrays_of_any_layout_keep_their_values(samples: np.ndarray, *, reverse: bool) -> None:
    array = samples[::-1, ::-1] if reverse else samples
    picture = picture_from_array(array)
    np.testing.assert_array_equal(picture.samples.reshape(array.shape), array)
    assert picture.samples.flags.c_contiguous
    assert (picture.height, picture.width) == array.shape[:2]
    assert picture.channels == (array.shape[2] if array.ndim == 3 else 1)
    assert picture.bit_depth == 8 * array.itemsize


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 2), bool),
        np.zeros((2, 2), np.float32),
        np.zeros((2, 2), np.int16),
        np.zeros((2, 2, 5), np.uint8),
        np.zeros((0, 2), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((1, 2, 2, 3), np.uint8),
    ],
)
def test_other_arrays_are_no_pictures(array: np.ndarray) -> None:
    with pytest.raises(UnusableImage):
        picture_from_array(array)


def test_alpha_must_match() -> None:
    samples = np.zeros((2, 3, 3), np.uint8)
    for alpha in (np.zeros((3, 2), np.uint8), np.zeros((2, 3), np.uint16)):
        with pytest.raises(UnusableImage):
            picture_from_array(samples, alpha=alpha)
