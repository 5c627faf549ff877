"""Structural similarity equals the reference, for any depth and any edge of the tiles."""

from __future__ import annotations

import numpy as np
import pytest

from underpaint_common.stego.similarity import ssim


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("noise", [0, 2, 40])
@pytest.mark.parametrize("shape", [(11, 40), (150, 90), (80, 75, 3), (64, 138)])
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
    assert ssim(one, other) == pytest.approx(expected, abs=1e-4)


def test_ssim_of_equal_pictures_is_one_and_falls_with_noise():
    rng = np.random.default_rng(2)
    picture = rng.integers(0, 256, (60, 60, 3), np.uint8)
    values = [ssim(picture, picture)]
    for strength in (2, 8, 32):
        noisy = picture.astype(int) + rng.integers(-strength, strength + 1, picture.shape)
        values.append(ssim(picture, noisy.clip(0, 255).astype(np.uint8)))
    assert values[0] == pytest.approx(1)
    assert values == sorted(values, reverse=True)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="one shape and type"):
        ssim(np.zeros((20, 20), np.uint8), np.zeros((20, 20), np.uint16))
    with pytest.raises(ValueError, match="at least 11"):
        ssim(np.zeros((10, 20), np.uint8), np.zeros((10, 20), np.uint8))
