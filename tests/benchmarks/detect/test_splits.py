"""Splits never share a photograph; thresholds are the best there are; errors are what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.benchmarks.detect.splits import best_threshold, error, splits

scores = st.lists(st.integers(-4, 4), min_size=1, max_size=12).map(
    lambda values: np.array(values, np.float64)
)


@given(photos=st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=40), seed=st.integers(0))
def test_no_photograph_is_on_both_sides(photos, seed):
    for training in splits(photos, 5, seed):
        trained = {photo for photo, member in zip(photos, training, strict=True) if member}
        tested = {photo for photo, member in zip(photos, training, strict=True) if not member}
        assert not trained & tested
        assert len(trained) == len(set(photos)) // 2


def test_splits_differ_and_can_be_repeated():
    photos = [f"p{number // 2}" for number in range(80)]
    one, again = splits(photos, 5, 1), splits(photos, 5, 1)
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert len({half.tobytes() for half in one}) == 5
    assert not np.array_equal(one[0], splits(photos, 5, 2)[0])


@settings(max_examples=50)
@given(covers=scores, stegos=scores)
def test_no_threshold_does_better(covers, stegos):
    found = error(covers, stegos, best_threshold(covers, stegos))
    least = min(error(covers, stegos, each) for each in np.arange(-5.5, 5))
    assert found == pytest.approx(least)


def test_errors_are_half_of_false_alarms_and_misses():
    covers, stegos = np.array([0.0, 0, 0, 9]), np.array([9.0, 9, 9, 9, 0])
    assert error(covers, stegos, 5) == pytest.approx((1 / 4 + 1 / 5) / 2)
    assert error(covers, covers, 5) == 0.5
