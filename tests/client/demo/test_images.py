"""The pictures of the demo: drawn, repeatable, and of use as cover and secret."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from underpaint_client.demo.landscape import landscape
from underpaint_client.demo.noise import field, spline_matrix
from underpaint_client.demo.treasure_map import treasure_map


def test_spline_weights_are_a_partition_of_one() -> None:
    weights = spline_matrix(101, 7.5)
    assert np.allclose(weights.sum(axis=1), 1, atol=1e-6)
    assert weights.min() >= 0


def test_fields_are_smooth_and_within_bounds() -> None:
    drawn = field(np.random.default_rng(0), (80, 120), (4, 4))
    assert np.abs(drawn).max() <= 1
    assert np.abs(np.diff(drawn, axis=1)).max() < 0.2


def test_a_landscape_is_the_same_for_the_same_seed_only() -> None:
    first, again, other = (landscape(seed, width=320, height=240) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_landscape_has_the_noise_of_a_photograph() -> None:
    samples = landscape(width=400, height=300)
    assert samples.shape == (300, 400, 3)
    assert samples.dtype == np.uint8
    low_plane = samples & np.uint8(1)
    assert low_plane.mean() == pytest.approx(0.5, abs=0.02)
    assert np.mean((samples == 0) | (samples == 255)) < 0.01


def test_a_landscape_is_lighter_at_the_horizon_than_at_the_top() -> None:
    samples = landscape(width=400, height=300)
    assert samples[130:170].mean() > samples[:40].mean() + 30


def test_the_map_is_a_png_of_some_hundred_kilobytes() -> None:
    data = treasure_map()
    assert 100_000 < len(data) < 400_000
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "PNG"
        assert image.size == (760, 570)
    assert treasure_map() == data
