"""After levelling, neighbouring values change equally often; rank, range and 16 bits are kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.stego.levelling import level

SCALE = 2.0


def odds(costs):
    """Return how probable a change of each sample is, by definition."""
    steps = np.exp(-costs.astype(np.float64) * SCALE)
    return 2 * steps / (1 + 2 * steps)


def a_cover(seed, size, channels):
    """Return samples whose histogram is rough: every second value is three times as frequent."""
    rng = np.random.default_rng(seed)
    often = np.where(np.arange(256) % 2, 3.0, 1.0)
    values = rng.choice(256, size * channels, p=often / often.sum())
    return values.astype(np.uint8), rng.uniform(1, 4, size * channels)


def inflow(samples, costs, channels):
    """Return by how much each inner value's count is expected to grow, of all its samples."""
    found = []
    for channel in range(channels):
        own = samples[channel::channels]
        leaving = np.bincount(own, odds(costs[channel::channels]), 256)
        coming = (leaving[:-2] + leaving[2:]) / 2
        found.append((coming - leaving[1:-1]) / np.bincount(own, minlength=256)[1:-1])
    return np.array(found)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("depth", [np.float16, np.float32])
def test_as_many_come_to_a_value_as_leave_it(channels, depth):
    samples, costs = a_cover(1, 150_000, channels)
    costs = costs.astype(depth)
    before = inflow(samples, costs, channels)
    level(costs, samples, channels, SCALE)
    assert costs.dtype == depth
    after = inflow(samples, costs, channels)
    assert np.abs(after).mean() < np.abs(before).mean() / 5


def test_channels_are_levelled_each_for_itself():
    smooth = np.random.default_rng(2).integers(0, 256, 100_000).astype(np.uint8)
    rough, dear = a_cover(3, 100_000, 1)
    samples = np.column_stack((smooth, rough)).reshape(-1)
    costs = np.column_stack((dear, dear)).reshape(-1)
    alone = dear.copy()
    level(costs, samples, 2, SCALE)
    level(alone, rough, 1, SCALE)
    assert np.allclose(costs[1::2], alone)
    assert np.abs(costs[::2] - dear).mean() < np.abs(alone - dear).mean() / 5


def test_samples_of_one_value_keep_their_order():
    samples, costs = a_cover(4, 20_000, 1)
    before = costs.copy()
    level(costs, samples, 1, SCALE)
    for value in (0, 77, 128, 255):
        own = samples == value
        order = np.argsort(before[own])
        assert (np.diff(costs[own][order]) >= 0).all()


@settings(deadline=None, max_examples=50)
@given(
    values=st.lists(st.integers(0, 255), min_size=0, max_size=60),
    cost=st.sampled_from([1e-4, 1.0, 6e4]),
    scale=st.sampled_from([0.0, 1e-7, 1.0, 1e7]),
    channels=st.integers(1, 4),
)
def test_costs_stay_within_half_precision(values, cost, scale, channels):
    samples = np.array(values * channels, np.uint8)
    costs = np.full(samples.size, cost, np.float16)
    level(costs, samples, channels, scale)
    assert np.isfinite(costs).all()
    assert (costs > 0).all()


def test_sixteen_bits_are_left_alone():
    costs = np.random.default_rng(5).uniform(1, 2, 999)
    before = costs.copy()
    level(costs, np.arange(999, dtype=np.uint16), 3, SCALE)
    assert np.array_equal(costs, before)
