"""The running daemon's view of the list: joining hides no other change from it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from underpaint_server.allowed import AllowedFile
from underpaint_server.clients import Invitation
from underpaint_server.limits import Limits
from underpaint_server.permissions import Permissions
from underpaint_server.workers import Workers

ALICE, BOB = bytes(range(32)), bytes(range(1, 33))
MADE = Invitation(bytes(range(2, 34)), datetime.now(UTC) + timedelta(hours=1))


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
