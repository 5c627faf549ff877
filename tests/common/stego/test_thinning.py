"""Thinning: as many members as asked for, each at most once, spread evenly, and back again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.stego.sequence import Sequence
from underpaint_common.stego.thinning import Thinning


@settings(deadline=None)
@given(
    size=st.integers(16, 600_000),
    share=st.floats(0, 1),
    reserved=st.integers(0, 8),
    seed=st.integers(0, 99),
)
def test_what_is_gathered_goes_back_and_nothing_else_changes(stream, size, share, reserved, seed):
    rng = np.random.default_rng(seed)
    left_out = rng.choice(size, reserved, replace=False)
    sequence = Sequence.without(left_out.tolist(), size)
    members = len(sequence)
    count = max(int(share * members) // 8 * 8, 8)
    samples = np.arange(size, dtype=np.int64)
    thinning = Thinning.of(sequence, count, stream(seed))
    chosen = thinning.gather(samples)
    assert chosen.size == count
    assert np.unique(chosen).size == count
    assert not np.isin(chosen, left_out).any()
    assert np.array_equal(thinning.squeeze(samples.copy()), chosen)
    thinning.scatter(~chosen, samples)
    assert np.array_equal(np.sort(~samples[samples < 0]), np.sort(chosen))
    samples[chosen] = chosen
    assert np.array_equal(samples, np.arange(size))


def test_all_members_are_used_in_their_order(stream):
    sequence = Sequence.without([3, 5], 20)
    thinning = Thinning.of(sequence, 18, stream(1))
    assert thinning.gather(np.arange(20)).tolist() == [*range(3), 4, *range(6, 20)]
    everything = np.arange(20)
    squeezed = thinning.squeeze(everything)
    assert squeezed.tolist() == [*range(3), 4, *range(6, 20)]
    assert np.shares_memory(squeezed, everything)


@pytest.mark.parametrize("count", [800, 30_000, 240_000])
def test_every_region_gives_its_share_and_the_key_says_which(stream, count):
    sequence = Sequence.without([], 900_000)
    chosen = Thinning.of(sequence, count, stream(1)).gather(np.arange(900_000))
    found, _ = np.histogram(chosen, bins=9, range=(0, 900_000))
    assert abs(found - count / 9).max() <= 10
    again = Thinning.of(sequence, count, stream(1)).gather(np.arange(900_000))
    other = Thinning.of(sequence, count, stream(2)).gather(np.arange(900_000))
    assert np.array_equal(chosen, again)
    assert np.isin(other, chosen).mean() < 0.1 + count / 900_000
