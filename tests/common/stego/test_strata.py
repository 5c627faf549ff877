"""Keyed choices are distinct, in range, even, and the same everywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.stego.samples import BLOCK
from underpaint_common.stego.strata import BlockChooser, choose


@given(st.integers(0, 2**32 - 1), st.data(), st.integers(0, 99))
def test_choices_are_ascending_distinct_and_in_range(stream, population, data, seed):
    count = data.draw(st.integers(0, min(population, 3000)))
    chosen = choose(count, population, stream(seed))
    assert chosen.size == count
    assert (np.diff(chosen) > 0).all()
    assert count == 0 or 0 <= chosen[0] <= chosen[-1] < population


@given(st.integers(0, BLOCK // 8), st.data(), st.integers(0, 99))
def test_choices_in_a_block_are_ascending_distinct_and_in_range(stream, eighths, data, seed):
    population = 8 * eighths
    count = 8 * data.draw(st.integers(0, eighths))
    chosen = BlockChooser(stream(seed)).choose(count, population)
    assert chosen.size == count
    assert (np.diff(chosen) > 0).all()
    assert count == 0 or 0 <= chosen[0] <= chosen[-1] < population


@pytest.mark.parametrize("count", [8, 1000, BLOCK // 2, BLOCK - 8])
def test_every_part_of_a_block_gets_its_share(stream, count):
    chosen = BlockChooser(stream(1)).choose(count, BLOCK)
    for parts in (2, 8):
        share, _ = np.histogram(chosen, bins=parts, range=(0, BLOCK))
        # Widths are cut to 13 fractional bits: up to 32 samples at a block's end are never taken.
        assert np.abs(share - count / parts).max() <= 32


def test_which_samples_of_a_stratum_are_taken_is_even(stream):
    chooser = BlockChooser(stream(5))
    counts = np.zeros(64, np.int64)
    for _ in range(400):
        counts += np.bincount(chooser.choose(8, 64), minlength=64)
    expected = 400 * 8 / 64
    assert np.sum((counts - expected) ** 2 / expected) < 130  # chi-square, 56 degrees of freedom


def test_positions_are_part_of_the_format():
    zeros, ones = (lambda n: bytes(n)), (lambda n: b"\xff" * n)
    assert choose(3, 10, zeros).tolist() == [0, 3, 6]
    assert choose(3, 10, ones).tolist() == [2, 5, 8]
    assert BlockChooser(zeros).choose(8, 40).tolist() == [0, 5, 10, 15, 20, 25, 30, 35]
    assert BlockChooser(ones).choose(16, 24).tolist()[:6] == [0, 2, 3, 5, 6, 8]


def test_more_than_there_is_cannot_be_chosen(stream):
    with pytest.raises(ValueError, match="cannot be chosen"):
        choose(11, 10, stream(1))
