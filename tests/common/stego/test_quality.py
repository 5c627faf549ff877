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


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("noise", [0, 2, 40])
@pytest.mark.parametrize("shape", [(11, 40), (150, 90), (80, 75, 3)])
def test_ssim_equals_the_reference(depth, noise, shape):
    metrics = pytest.importorskip("skimage.metrics", reason="scikit-image is not installed")
    rng = np.random.default_rng(depth + noise)
    peak = (1 << depth) - 1
    base = np.cumsum(rng.normal(0, 4, shape), axis=1) + 128
    kind = np.uint8 if depth == 8 else np.uint16
    one = (base.clip(0, 255) / 255 * peak).astype(kind)
    other = ((base + rng.normal(0, noise, shape)).clip(0, 255) / 255 * peak).astype(kind)
    expected = metrics.structural_similarity(
        one,
        other,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        data_range=peak,
        channel_axis=2 if len(shape) == 3 else None,
    )
    assert quality.ssim(one, other) == pytest.approx(expected, abs=1e-4)


def test_ssim_of_equal_pictures_is_one_and_falls_with_noise():
    rng = np.random.default_rng(2)
    picture = rng.integers(0, 256, (60, 60, 3), np.uint8)
    values = [quality.ssim(picture, picture)]
    for strength in (2, 8, 32):
        noisy = picture.astype(int) + rng.integers(-strength, strength + 1, picture.shape)
        values.append(quality.ssim(picture, noisy.clip(0, 255).astype(np.uint8)))
    assert values[0] == pytest.approx(1)
    assert values == sorted(values, reverse=True)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="one shape and type"):
        quality.mse(np.zeros(3, np.uint8), np.zeros(4, np.uint8))
    with pytest.raises(ValueError, match="one shape and type"):
        quality.ssim(np.zeros((20, 20), np.uint8), np.zeros((20, 20), np.uint16))
    with pytest.raises(ValueError, match="at least 11"):
        quality.ssim(np.zeros((10, 20), np.uint8), np.zeros((10, 20), np.uint8))
