"""The running daemon's view of the list: joining hides no other change from it."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from underpaint_common.errors import LocalFileError
from underpaint_server import allowed
from underpaint_server.allowed import AllowedFile
from underpaint_server.clients import AllowedClients, Invitation
from underpaint_server.limits import Limits
from underpaint_server.permissions import Permissions
from underpaint_server.workers import Workers

ALICE, BOB = bytes(range(32)), bytes(range(1, 33))
MADE = Invitation(bytes(range(2, 34)), datetime.now(UTC) + timedelta(days=1))


def test_a_token_is_for_whoever_may_join_with_it(tmp_path: Path) -> None:
    file = AllowedFile(tmp_path / "allowed")
    file.invite("alice", MADE)
    permissions = Permissions(file)
    assert permissions.token_of(ALICE, MADE.id) == MADE.token
    assert permissions.token_of(ALICE, bytes(12)) is None
    file.join(MADE.id, ALICE)
    permissions = Permissions(file)
    assert permissions.token_of(ALICE, MADE.id) == MADE.token
    assert permissions.token_of(BOB, MADE.id) is None


def test_a_client_that_joined_is_known_at_once_and_a_revocation_is_still_seen(
    tmp_path: Path,
) -> None:
    path = tmp_path / "allowed"
    AllowedFile(path).allow("bob", BOB)
    AllowedFile(path).invite("alice", MADE)
    permissions = Permissions(AllowedFile(path))

    async def go() -> None:
        workers = Workers(Limits())
        assert await permissions.join(MADE.id, ALICE, workers) == "alice"
        assert permissions.name_of(ALICE) == "alice"
        async with asyncio.timeout(30):
            changes = permissions.changes(workers)
            await anext(changes)
            AllowedFile(path).revoke("bob")
            await permissions.join(MADE.id, ALICE, workers)
            assert not permissions.is_allowed(BOB)
            await anext(changes)  # the daemon hears of it, to cut bob off
        workers.close()

    asyncio.run(go())


class SlowFile(AllowedFile):
    """A list whose reading ends long after its bytes were read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path, self.has_read, self.go_on = path, threading.Event(), threading.Event()

    def again(self) -> AllowedFile:
        return self

    def load(self) -> AllowedClients:
        clients = super().load()
        self.has_read.set()
        assert self.go_on.wait(30)
        return clients


def test_what_was_read_before_a_revocation_does_not_undo_it(tmp_path: Path) -> None:
    path = tmp_path / "allowed"
    AllowedFile(path).allow("bob", BOB)
    AllowedFile(path).invite("alice", MADE)
    AllowedFile(path).join(MADE.id, ALICE)
    slow, file = SlowFile(path), AllowedFile(path)
    permissions = Permissions(file)

    async def go() -> None:
        workers = Workers(Limits())
        slow_turn = asyncio.create_task(permissions._read(slow, workers))
        await asyncio.to_thread(slow.has_read.wait, 30)
        AllowedFile(path).revoke("bob")
        asyncio.get_running_loop().call_later(0.6, slow.go_on.set)  # long after the next look
        await anext(permissions.changes(workers))
        await slow_turn
        assert not permissions.is_allowed(BOB)
        workers.close()

    asyncio.run(go())


def test_who_is_revoked_while_it_joins_does_not_come_in(tmp_path: Path) -> None:
    class Revoking(AllowedFile):
        def again(self) -> AllowedFile:
            return self

        def join(self, invitation: bytes, public_key: bytes) -> str | None:
            name = super().join(invitation, public_key)
            AllowedFile(tmp_path / "allowed").revoke("alice")
            return name

    AllowedFile(tmp_path / "allowed").invite("alice", MADE)
    permissions = Permissions(Revoking(tmp_path / "allowed"))

    async def go() -> None:
        workers = Workers(Limits())
        assert await permissions.join(MADE.id, ALICE, workers) is None
        workers.close()

    asyncio.run(go())


def test_a_revocation_is_obeyed_though_reading_it_failed_at_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "allowed"
    AllowedFile(path).allow("bob", BOB)
    permissions = Permissions(AllowedFile(path))
    read_bounded, failures = allowed.read_bounded, []

    def failing(which: Path, *, max_bytes: int) -> bytes:
        if len(failures) < 2:
            failures.append(which)
            raise LocalFileError("too many open files")
        return read_bounded(which, max_bytes=max_bytes)

    AllowedFile(path).revoke("bob")
    monkeypatch.setattr(allowed, "read_bounded", failing)

    async def go() -> None:
        workers = Workers(Limits())
        async with asyncio.timeout(60):
            await anext(permissions.changes(workers))
        workers.close()

    asyncio.run(go())
    assert len(failures) == 2
    assert not permissions.is_allowed(BOB)
    told = [each for each in caplog.records if each.getMessage() == "allowed_unreadable"]
    assert len(told) == 1, "the same reason is told once"
