"""What is tried again, and when."""

from __future__ import annotations

import pytest

from underpaint_client.retrying import LONGEST_WAIT, connection_is_over, pause_before
from underpaint_common.errors import (
    ConnectionCut,
    ConnectionFailed,
    HandshakeFailed,
    ProtocolError,
    Refused,
    Unanswered,
    VersionMismatch,
)


def test_pauses_grow_and_are_spread() -> None:
    for attempt, longest in ((1, 0.5), (2, 1.0), (3, 2.0), (50, 15.0)):
        pauses = {pause_before(attempt, ConnectionFailed("lost")) for _ in range(50)}
        assert len(pauses) > 1
        assert all(pause is not None and 0 <= pause <= longest for pause in pauses)


def test_a_server_that_names_a_time_gets_it() -> None:
    pause = pause_before(1, Refused("busy", code="busy", retry_after=7.0))
    assert pause is not None
    assert 7.0 <= pause <= 7.5


@pytest.mark.parametrize(
    "error",
    [
        Refused("never", code="nothing_found"),
        Refused("not soon", code="disk_full", retry_after=LONGEST_WAIT + 1),
        HandshakeFailed("who are you"),
        VersionMismatch("another version"),
        ProtocolError("nonsense"),
    ],
)
def test_what_would_end_in_the_same_way_is_not_tried_again(
    error: Refused | ConnectionFailed,
) -> None:
    assert pause_before(1, error) is None


def test_a_server_that_is_silent_for_once_is_asked_again() -> None:
    assert pause_before(1, Unanswered("silence")) is not None


def test_a_busy_server_keeps_the_connection() -> None:
    assert not connection_is_over(Refused("busy", code="busy", retry_after=1.0))
    assert connection_is_over(Refused("bye", code="shutting_down", retry_after=1.0))
    assert connection_is_over(ConnectionCut("cut"))
