"""Who is cut off: all that are not allowed any more by the name under which they came."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest

from underpaint_server.allowed import AllowedFile
from underpaint_server.permissions import Permissions
from underpaint_server.revoking import cut_off

ALICE = bytes(range(32))


class Talking:
    """A crowd of one connection."""

    id, peer = "c1", ALICE

    def __init__(self, client: str) -> None:
        self.client = client
        self.dropped = False

    def drop(self) -> None:
        self.dropped = True

    def clients(self) -> list[tuple[Any, asyncio.Task[None]]]:
        return [(self, self.task)]

    async def talk(self, permissions: Permissions) -> None:
        over = asyncio.Event()
        ended = asyncio.Event()
        self.task = asyncio.create_task(_until(over))
        crowd: Any = self
        cut_off(crowd, permissions, then=ended.set)
        assert not ended.is_set(), "nothing was waited for"
        over.set()
        await asyncio.wait([self.task])
        await asyncio.sleep(0)
        assert ended.is_set() is self.dropped


async def _until(over: asyncio.Event) -> None:
    """Go on, although cancelled, as a conversation does whose image is being worked on."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.sleep(0)
    await over.wait()


@pytest.mark.parametrize(
    ("came_as", "now", "is_cut_off"),
    [
        ("alice", "alice", False),
        ("alice", None, True),
        ("alice", "bob", True),
        ("", None, False),  # it is joining, and has no name yet
    ],
)
def test_who_is_cut_off(tmp_path: Path, came_as: str, now: str | None, is_cut_off: bool) -> None:
    file = AllowedFile(tmp_path / "allowed")
    if now is not None:
        file.allow(now, ALICE)
    crowd = Talking(came_as)
    asyncio.run(crowd.talk(Permissions(file)))
    assert crowd.dropped is is_cut_off
