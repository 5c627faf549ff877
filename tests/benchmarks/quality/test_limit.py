"""The limit that codes are measured against."""

from __future__ import annotations

import math

import pytest
from tests.benchmarks.quality.limit import limit, psnr_of


@pytest.mark.parametrize(
    ("rate", "psnr"), [(0.1, 67.63), (1, 54.57), (2, 48.41), (3, 42.39), (4, 36.37)]
)
def test_the_limit_is_the_known_one(rate, psnr):
    assert psnr_of(limit(rate)) == pytest.approx(psnr, abs=0.006)


@pytest.mark.parametrize("changed", [0.001, 0.01, 0.1])
def test_sparse_changes_bear_their_entropy_and_their_direction(changed):
    entropy = -changed * math.log2(changed) - (1 - changed) * math.log2(1 - changed)
    assert limit(entropy + changed) == pytest.approx(changed, rel=1e-6)
