"""The division of a payload: the entropy that was asked for, in layers that can bear it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.stego.rates import Division, divide, rows_of


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5, 1.0])
def test_equal_costs_give_ternary_entropy(rate):
    energies = np.tile([[0.0], [1.0], [4.0], [1.0]], (1, 50))
    division = divide(energies, rate)
    weights = np.exp(-division.scale * energies[:, 0])
    weights /= weights.sum()
    assert -(weights * np.log2(weights)).sum() == pytest.approx(rate, rel=0.01)
    assert sum(division.shares) == pytest.approx(rate, rel=0.01)


@given(
    bits=st.integers(0, 300),
    steps=st.integers(1, 100),
    least=st.integers(1, 5),
    shares=st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1)),
)
def test_rows_bear_all_bits_and_no_layer_more_than_it_can(bits, steps, least, shares):
    bits = min(bits, 3 * steps)
    rows = rows_of(Division(1.0, shares), bits, steps, least)
    assert sum(rows) == bits
    assert all(0 <= each <= steps for each in rows)
