"""Measures of quality: exact where they are counts, equal to the reference where they are not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from underpaint_common.stego import quality


@st.composite
def pairs(draw):
    """Return two arrays of one shape and type."""
    kind = draw(st.sampled_from([np.uint8, np.uint16]))
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=12))
    return draw(hnp.arrays(kind, shape)), draw(hnp.arrays(kind, shape))


@given(pairs())
def test_counts_and_sums_are_exact(pair):
    one, other = pair
    difference = [int(a) - int(b) for a, b in zip(one.flat, other.flat, strict=True)]
    assert quality.mse(one, other) == sum(d * d for d in difference) / one.size
    assert quality.change_rate(one, other) == sum(map(bool, difference)) / one.size
    assert quality.mse(one, other) == quality.mse(other, one)
    assert quality.largest_change(one, other) == max(map(abs, difference), default=0)


@given(pairs())
def test_planes_change_where_bits_do(pair):
    one, other = pair
    rates = quality.change_rate_per_plane(one, other)
    assert len(rates) == 8 * one.dtype.itemsize
    flipped = [int(a) ^ int(b) for a, b in zip(one.flat, other.flat, strict=True)]
    for plane, rate in enumerate(rates):
        assert rate == pytest.approx(sum(f >> plane & 1 for f in flipped) / one.size)


def test_blocks_are_joined_rightly():
    rng = np.random.default_rng(1)
    one, other = rng.integers(0, 256, (2, 700_001), np.uint8)
    difference = one.astype(np.int64) - other
    assert quality.mse(one, other) == np.mean(difference**2)
    assert quality.change_rate(one, other) == np.mean(difference != 0)


def test_psnr_knows_its_limits():
    flat = np.zeros(100, np.uint8)
    assert quality.psnr(flat, flat) == math.inf
    assert quality.psnr(flat, flat + np.uint8(255)) == 0
    wide = np.zeros(100, np.uint16)
    assert quality.psnr(wide, wide + np.uint16(1)) == pytest.approx(20 * math.log10(65535))


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="one shape and type"):
        quality.mse(np.zeros(3, np.uint8), np.zeros(4, np.uint8))
