"""Lines of the list: they read back, and say for whom an invitation holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.errors import LocalFileError
from underpaint_server.clients import AllowedClients, Client, Invitation

NOW = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)
ALICE, BOB, TOKEN = bytes(range(32)), bytes(range(1, 33)), bytes(range(2, 34))
LATER = Invitation(TOKEN, NOW + timedelta(hours=1))

raws = st.binary(min_size=32, max_size=32)
secrets = raws.filter(lambda raw: len(set(raw)) > 8)  # told from all else in a repr
invitations = st.builds(
    Invitation,
    secrets,
    st.integers(0, 10**8).map(lambda seconds: NOW + timedelta(seconds=seconds)),
)
clients = st.one_of(
    st.builds(Client, st.just("alice"), raws, st.none() | secrets),
    st.builds(Client, st.just("alice"), st.none() | raws, st.none(), invitations),
)


@given(clients)
def test_reads_back_what_it_wrote(client: Client) -> None:
    assert Client.parse(str(client), "here") == client


@given(clients)
def test_a_repr_shows_no_secret(client: Client) -> None:
    known = [client.preshared_key, client.invitation and client.invitation.token]
    told = [secret for secret in known if secret and secret != client.key]
    assert not any(repr(secret) in repr(client) for secret in told)
    assert client.has_secret == any(known)


@pytest.mark.parametrize("line", ["", "   ", "# alice upub_"])
def test_comments_say_nothing(line: str) -> None:
    assert Client.parse(line, "here") is None


@pytest.mark.parametrize(
    "line",
    [
        "alice -",
        "alice {key} psk",
        "alice {key} psk=x",
        "alice {key} until=20260501T120000Z",
        "alice {key} {shared} {shared}",
        "alice {key} color=blue",
        "alice - {shared}",
        "alice - invite=x until=20260501T120000Z",
        "alice - {invite} until=soon",
    ],
)
def test_what_is_no_client_is_told(line: str) -> None:
    words = str(Client("alice", ALICE, BOB)).split() + str(Client("a", None, None, LATER)).split()
    text = line.format(key=words[1], shared=words[2], invite=words[5])
    with pytest.raises(LocalFileError, match=r"^here: "):
        Client.parse(text, "here")


def test_lists_what_the_lines_say() -> None:
    there = [Client("alice", ALICE, BOB), Client("bob", BOB), Client("carol", None, None, LATER)]
    lines = ["# who may push", *map(str, there), ""]
    assert AllowedClients.parse(lines, source="here").clients == tuple(there)


@pytest.mark.parametrize("again", [Client("alice", BOB), Client("bob", ALICE)])
def test_a_name_or_key_that_stands_there_twice_is_told(again: Client) -> None:
    with pytest.raises(LocalFileError, match=r"^here, line 3: .* twice"):
        AllowedClients.parse(["", str(Client("alice", ALICE)), str(again)], source="here")


def test_an_invitation_holds_for_anyone_once() -> None:
    clients = AllowedClients([Client("alice", None, None, LATER)])
    invited = clients.may_join(LATER.id, ALICE, NOW)
    assert invited is not None
    assert invited.name == "alice"
    joined = AllowedClients([Client("alice", ALICE, None, LATER)])
    assert joined.may_join(LATER.id, ALICE, NOW) is not None
    assert joined.may_join(LATER.id, BOB, NOW) is None


def test_an_invitation_does_not_hold_late_or_for_a_client_of_another_name() -> None:
    clients = AllowedClients([Client("alice", None, None, LATER), Client("bob", BOB)])
    assert clients.may_join(LATER.id, ALICE, LATER.until) is None
    assert clients.may_join(LATER.id, BOB, NOW) is None
    assert clients.may_join(bytes(12), ALICE, NOW) is None


def test_what_is_over_is_dropped() -> None:
    invited, joined = Client("a", None, None, LATER), Client("b", BOB, None, LATER)
    assert invited.at(NOW) is invited
    assert invited.at(LATER.until) is None
    assert joined.at(LATER.until) == Client("b", BOB)
