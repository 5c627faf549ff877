"""Mode auto: adaptive while it is better and quick, planes otherwise, and it says which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common import payload
from underpaint_common.payload import Cost, Mode, choose_mode
from underpaint_common.payload.capacity import largest_body


@pytest.mark.parametrize(
    ("members", "length", "mode"),
    [
        (1_000_000, 1000, Mode.ADAPTIVE),
        (1_000_000, 300_000, Mode.ADAPTIVE),
        (36_000_000, 291_000, Mode.ADAPTIVE),
        (1_000_000, 500_000, Mode.PLANES),
        (10**10, 10**9, Mode.PLANES),
    ],
)
def test_adaptive_is_taken_while_it_is_worth_it(members, length, mode):
    choice = choose_mode(members, length)
    assert choice.mode is mode
    assert choice.reason.startswith(mode.value)


@given(st.integers(0, 10**8), st.integers(80, 10**8), st.sampled_from(Cost))
def test_what_is_chosen_fits_where_anything_does(members, length, cost):
    mode = choose_mode(members, length, cost=cost).mode
    if length <= largest_body(members, Mode.PLANES, 4):
        assert length <= largest_body(members, mode, 4)


def test_hiding_says_what_was_taken(cover, secret):
    key = bytes(32)
    report = payload.hide(cover(100, 100), secret(300), key).report
    assert (report.mode, report.choice[:10]) == ("adaptive", "adaptive: ")
    assert payload.hide(cover(100, 100), secret(300), key, mode=Mode.PLANES).report.choice is None
