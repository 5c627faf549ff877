"""Shares of the work become events strictly between a stage's first and last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from underpaint_client.progress import ProgressEvent, Stage, sharing


@given(st.lists(st.floats(0, 1)), st.integers(1, 10**9))
def test_rising_shares_are_rising_events_short_of_the_total(shares, total):
    heard = []
    tell = sharing(heard.append, Stage.HIDE, total)
    for share in sorted(shares):
        tell(share)
    done = [event.done for event in heard]
    assert done == sorted(done)
    assert all(0 <= each < total for each in done)
    assert {(event.stage, event.total) for event in heard} <= {(Stage.HIDE, total)}
    assert len(heard) == sum(share < 1 for share in shares)


def test_the_end_is_left_to_who_says_it():
    heard = []
    tell = sharing(heard.append, Stage.HIDE, 200)
    for share in (0.25, 0.5, 1.0):
        tell(share)
    assert heard == [ProgressEvent(Stage.HIDE, 50, 200), ProgressEvent(Stage.HIDE, 100, 200)]
