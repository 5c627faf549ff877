"""Bytes become values of k bits and come back, whatever lies above those bits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.stego import fields


@given(
    eighths=st.integers(0, 80),
    bits=st.integers(0, 8),
    offset=st.integers(0, 9),
    seed=st.integers(0, 2**32),
)
def test_values_give_the_bytes_back_under_any_higher_bits(eighths, bits, offset, seed):
    noise = np.random.default_rng(seed)
    size = 8 * eighths
    # An offset moves the data off 8-byte boundaries, where another path shifts it.
    data = noise.integers(0, 256, size * bits // 8 + offset, np.uint8)[offset:]
    values, scratch = np.full(size, 0xAA, np.uint8), np.empty(size, np.uint8)
    fields.spread(data, bits, values, scratch)
    assert int(values.max(initial=0)) < 1 << bits
    above = noise.integers(0, 256, size, np.uint8) << np.uint8(bits) if bits < 8 else np.uint8(0)
    back = np.empty_like(data)
    fields.collect(values | above, bits, back, scratch)
    assert np.array_equal(back, data)


@given(bits=st.integers(0, 8), seed=st.integers(0, 2**32))
def test_every_bit_of_the_data_is_in_the_values(bits, seed):
    data = np.random.default_rng(seed).integers(0, 256, 8 * bits, np.uint8)
    values = np.empty(64, np.uint8)
    fields.spread(data, bits, values, np.empty(64, np.uint8))
    assert np.unpackbits(values).sum() == np.unpackbits(data).sum()


def test_a_known_byte_lands_where_the_format_says():
    values = np.empty(8, np.uint8)
    fields.spread(np.array([0b1000_0110], np.uint8), 1, values, np.empty(8, np.uint8))
    assert values.tolist() == [0, 1, 1, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("bits", [-1, 9])
def test_impossible_widths_are_refused(bits):
    with pytest.raises(ValueError, match="0 to 8"):
        fields.widths(bits)
