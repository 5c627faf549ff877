"""New invitations, and what is told about clients."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from underpaint_common.errors import UsageError
from underpaint_common.wire import Address
from underpaint_common.wire.invitation import invitation_id
from underpaint_server.allowed import AllowedFile
from underpaint_server.clients import AllowedClients, Client, Invitation
from underpaint_server.inviting import described, new_invite

ADDRESS = Address("127.0.0.1", 7741, bytes(range(32)))
KEY = bytes(range(1, 33))


def test_what_is_handed_over_is_what_was_written_down(tmp_path: Path) -> None:
    allowed = AllowedFile(tmp_path / "allowed")
    made = new_invite(allowed, "alice", ADDRESS, 3600)
    assert made.address == ADDRESS
    assert timedelta(minutes=59) < made.until - datetime.now(UTC) <= timedelta(hours=1)
    assert allowed.join(invitation_id(made.token), KEY) == "alice"


def test_tokens_are_never_the_same(tmp_path: Path) -> None:
    allowed = AllowedFile(tmp_path / "allowed")
    tokens = {new_invite(allowed, f"c{n}", ADDRESS, 60).token for n in range(20)}
    assert len(tokens) == 20


@pytest.mark.parametrize("seconds", [0.0, 0.5, 400 * 86400.0, 1e300])
def test_spans_that_nobody_means_are_refused(tmp_path: Path, seconds: float) -> None:
    with pytest.raises(UsageError):
        new_invite(AllowedFile(tmp_path / "allowed"), "alice", ADDRESS, seconds)
    assert not (tmp_path / "allowed").exists()


def test_all_states_are_told_and_no_secret() -> None:
    soon, past = datetime.now(UTC) + timedelta(hours=1), datetime(2020, 1, 1, tzinfo=UTC)
    token = bytes(range(2, 34))
    rows = described(
        AllowedClients(
            [
                Client("a", KEY),
                Client("b", bytes(32), token),
                Client("c", None, None, Invitation(token, soon)),
                Client("d", None, None, Invitation(token, past)),
            ]
        )
    )
    assert [row["state"] for row in rows] == [
        "may push",
        "may push, with a pre-shared key",
        f"invited until {soon:%Y-%m-%d %H:%M} UTC",
        "was invited too long ago",
    ]
    assert [row["public_key"] is None for row in rows] == [False, False, True, True]
