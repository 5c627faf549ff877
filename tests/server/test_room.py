"""Secrets that are kept at the same time stay within a client's share together."""

from __future__ import annotations

from contextlib import ExitStack
from typing import cast

import pytest

from underpaint_common.errors import Refused
from underpaint_common.units import ByteCount
from underpaint_server.inbox import Inbox
from underpaint_server.limits import Limits
from underpaint_server.room import Room

LIMITS = Limits(client_bytes=ByteCount(100), min_free=ByteCount(50))


class FakeInbox:
    """What is kept and free, as a test wants it."""

    def __init__(self, kept: int = 0, free: int = 1000) -> None:
        self.kept, self.free = kept, free

    def kept_bytes_of(self, _client: str) -> int:
        return self.kept

    def free_bytes(self) -> int:
        return self.free


def room(inbox: FakeInbox) -> Room:
    return Room(cast("Inbox", inbox))


def refusal(of: Room, client: str, cost: int) -> Refused:
    with pytest.raises(Refused) as caught, of.of_client(client, cost, LIMITS):
        pass
    return caught.value


def test_what_is_being_kept_counts_and_what_was_kept_is_forgotten() -> None:
    inbox = FakeInbox()
    here = room(inbox)
    with here.of_client("alice", 60, LIMITS):
        waits = refusal(here, "alice", 60)
        assert (waits.code, waits.retry_after is not None) == ("quota", True)
        with here.of_client("bob", 60, LIMITS), here.of_client("alice", 40, LIMITS):
            pass
    inbox.kept = 60
    never = refusal(here, "alice", 60)
    assert (never.code, never.retry_after) == ("quota", None)
    with here.of_client("alice", 40, LIMITS):
        pass


def test_a_client_with_all_its_share_is_refused_before_its_upload() -> None:
    room(FakeInbox(99)).check_share("alice", LIMITS)
    with pytest.raises(Refused, match="100 bytes"):
        room(FakeInbox(100)).check_share("alice", LIMITS)


def test_promises_to_all_clients_together_leave_the_disk_its_reserve() -> None:
    here = room(FakeInbox(free=250))
    with ExitStack() as promises:
        for client in ("alice", "bob"):
            promises.enter_context(here.of_client(client, 90, LIMITS))
        full = refusal(here, "carol", 30)
    assert (full.code, full.retry_after is not None) == ("disk_full", True)
    with here.of_client("carol", 30, LIMITS):
        pass


def test_a_failure_gives_the_room_back() -> None:
    here = room(FakeInbox())
    with pytest.raises(OSError, match="disk"), here.of_client("alice", 100, LIMITS):
        raise OSError("disk")
    with here.of_client("alice", 100, LIMITS):
        pass
