"""Bit planes come apart and together again without loss."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from underpaint_common.stego.bitplanes import bit_plane, compose, decompose

SAMPLES = st.sampled_from([np.uint8, np.uint16]).flatmap(
    lambda kind: hnp.arrays(kind, hnp.array_shapes(min_dims=0, max_dims=3, max_side=9))
)


@given(SAMPLES)
def test_composing_what_was_decomposed_gives_the_samples_back(samples):
    planes = decompose(samples)
    assert planes.shape == (8 * samples.dtype.itemsize, *samples.shape)
    assert planes.max(initial=0) <= 1
    back = compose(planes)
    assert back.dtype == samples.dtype
    assert np.array_equal(back, samples)


@given(SAMPLES, st.data())
def test_a_single_plane_is_the_one_of_the_stack(samples, data):
    plane = data.draw(st.integers(0, 8 * samples.dtype.itemsize - 1))
    assert np.array_equal(bit_plane(samples, plane), decompose(samples)[plane])


def test_plane_zero_is_the_least_significant():
    assert bit_plane(np.array([0, 1, 2, 3, 128], np.uint8), 0).tolist() == [0, 1, 0, 1, 0]
    assert bit_plane(np.array([0, 1, 2, 3, 128], np.uint8), 7).tolist() == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("plane", [-1, 8])
def test_a_plane_that_is_not_there_is_refused(plane):
    with pytest.raises(ValueError, match="have no plane"):
        bit_plane(np.zeros(3, np.uint8), plane)


@pytest.mark.parametrize(
    ("planes", "complaint"),
    [
        (np.zeros((7, 2), np.uint8), "8 or 16"),
        (np.array(1, np.uint8), "8 or 16"),
        (np.full((8, 2), 2, np.uint8), "zeros and ones"),
    ],
)
def test_what_is_no_decomposition_is_refused(planes, complaint):
    with pytest.raises(ValueError, match=complaint):
        compose(planes)
