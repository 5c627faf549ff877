"""Joining: who comes in, who does not, and that nothing is begun for who does not."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from underpaint_common.errors import LocalFileError
from underpaint_server.joining import join


class Door:
    """A connection and the list of who may join, as far as joining needs both."""

    id, address, peer = "c1", "192.0.2.1", bytes(32)

    def __init__(self, outcome: str | Exception | None) -> None:
        self.outcome = outcome
        self.seen: list[str] = []

    async def join(self, *_: object) -> str | None:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def drop(self) -> None:
        self.seen.append("dropped")

    async def converse(self) -> None:
        self.seen.append("conversation")

    def joining(self) -> Coroutine[None, None, None]:
        door: Any = self
        return join(door, bytes(12), door, door, lambda name: self.seen.append(name), self.converse)


@pytest.mark.parametrize(
    ("outcome", "seen"),
    [
        ("alice", ["alice", "conversation"]),
        (None, ["dropped"]),
        (LocalFileError("no room"), ["dropped"]),
        (FileNotFoundError("gone"), ["dropped"]),
    ],
    ids=["may", "may not", "cannot be written", "is gone"],
)
def test_who_may_join_is_welcomed_and_who_may_not_is_dropped(
    outcome: str | Exception | None, seen: list[str]
) -> None:
    door = Door(outcome)
    asyncio.run(door.joining())
    assert door.seen == seen


def test_who_is_turned_away_before_has_begun_nothing() -> None:
    door = Door("alice")
    door.joining().close()  # a conversation that is begun and never held would be a warning
    assert door.seen == []
