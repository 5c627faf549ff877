"""Keyed orders: permutations, the same everywhere."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.stego.order import keyed_order


@given(st.integers(0, 3000), st.integers(0, 2**32))
def test_an_order_is_a_permutation_sorted_by_words(stream, count, seed):
    order = keyed_order(count, stream(seed))
    words = np.frombuffer(stream(seed)(2 * count), "<u2")
    expected = sorted(range(count), key=lambda i: (int(words[i]), i))
    assert order.tolist() == expected


def test_an_order_is_part_of_the_format():
    words = iter([b"\x02\x00\x01\x01\x02\x00\x00\x01\x01\x00"])
    assert keyed_order(5, lambda _: next(words)).tolist() == [4, 0, 2, 3, 1]
