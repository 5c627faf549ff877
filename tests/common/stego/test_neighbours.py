"""What a sample leans to: the sign of its neighbours' steps, pixels that are not there left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.stego.neighbours import Neighbours


def by_definition(steps):
    """Return the sign of the sum over the four next samples and the pixel's other channels."""
    height, width, channels = steps.shape
    found = np.zeros_like(steps)
    for y, x, c in np.ndindex(steps.shape):
        total = steps[y, x].sum() - steps[y, x, c]
        for down, right in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            if 0 <= y + down < height and 0 <= x + right < width:
                total += steps[y + down, x + right, c]
        found[y, x, c] = np.sign(total)
    assert channels
    return found


@settings(deadline=None, max_examples=40)
@given(
    height=st.integers(1, 7),
    width=st.integers(1, 7),
    channels=st.sampled_from([1, 3, 4]),
    depth=st.sampled_from([np.uint8, np.uint16]),
    seen=st.sampled_from([None, 0.0, 0.6, 1.0]),
    seed=st.integers(0, 999),
)
def test_a_sample_leans_to_where_most_neighbours_went(height, width, channels, depth, seen, seed):
    rng = np.random.default_rng(seed)
    shape = (height, width, channels)
    visible = None if seen is None else rng.random(shape[:2]) < seen
    steps = rng.integers(-1, 2, shape)
    there = np.ones(shape[:2], bool) if visible is None else visible
    steps[~there] = 0
    cover = np.full(shape, 100, depth)
    stego = (cover + steps).astype(depth)
    found = Neighbours(shape, visible).lean(cover[there].reshape(-1), stego[there].reshape(-1))
    assert found.dtype == np.int8
    assert np.array_equal(found, by_definition(steps)[there].reshape(-1))


@pytest.mark.parametrize("height", [127, 128, 129, 300])
def test_bands_do_not_show(height):
    steps = np.random.default_rng(height).integers(-1, 2, (height, 3, 1))
    cover = np.full(steps.shape, 100, np.uint8)
    found = Neighbours(steps.shape).lean(
        cover.reshape(-1), (cover + steps).astype(np.uint8).reshape(-1)
    )
    assert np.array_equal(found.reshape(steps.shape), by_definition(steps))
