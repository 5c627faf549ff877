"""Invitations and pre-shared keys against a real daemon: who comes in, and who hears nothing."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.end_to_end import naive_client
from tests.end_to_end.daemon.process import DaemonProcess

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionFailed, HandshakeFailed
from underpaint_common.wire import Address, Receipt, initiator
from underpaint_common.wire.invite import Invite
from underpaint_server.allowed import AllowedFile
from underpaint_server.inviting import new_invite

pytestmark = pytest.mark.end_to_end


def invited(daemon: DaemonProcess, name: str, address: Address, seconds: float = 3600) -> Invite:
    made = new_invite(AllowedFile(daemon.state / "allowed"), name, address, seconds)
    until_obeyed(daemon)
    return made


def until_obeyed(daemon: DaemonProcess) -> None:
    """Wait until the daemon has seen the list as it is now, and not only an earlier change."""
    now = AllowedFile(daemon.state / "allowed").load()
    seen = f"clients={len(now.names)} invitations={len(now.invited)}"
    daemon.wait_for(lambda: any(line.endswith(seen) for line in list(daemon.lines)))
    daemon.lines.clear()


def clients(daemon: DaemonProcess) -> dict[bytes, str]:
    return AllowedFile(daemon.state / "allowed").load().names


def test_whoever_has_the_line_joins_and_pushes(quiet_daemon: Any, connect: Any, stego: Any) -> None:
    daemon, address, _ = quiet_daemon
    invite, carol = invited(daemon, "carol", address), Identity.generate()
    joined = connect(address, carol, invitation_token=invite.token)
    assert clients(daemon)[carol.public] == "carol"
    assert isinstance(joined.push(stego(carol, address.server_key)), Receipt)
    joined.close()
    again = connect(address, carol)
    again.close()
    assert [row["client"] for row in daemon.received()] == ["carol"]


def test_the_same_key_gets_the_same_answer_and_others_get_none(
    quiet_daemon: Any, connect: Any
) -> None:
    daemon, address, _ = quiet_daemon
    invite, dave = invited(daemon, "dave", address), Identity.generate()
    for _ in range(2):
        connect(address, dave, invitation_token=invite.token).close()
    before = clients(daemon)
    asked = time.monotonic()
    with pytest.raises(HandshakeFailed):
        connect(address, Identity.generate(), invitation_token=invite.token)
    assert time.monotonic() - asked >= 0.7  # as any stranger: at the fixed time after accept
    assert clients(daemon) == before


def test_a_token_that_is_guessed_late_or_taken_back_is_a_strangers(
    quiet_daemon: Any, connect: Any
) -> None:
    daemon, address, _ = quiet_daemon
    late = invited(daemon, "late", address, 1)
    gone = invited(daemon, "gone", address)
    AllowedFile(daemon.state / "allowed").revoke("gone")
    until_obeyed(daemon)
    time.sleep(1.1)
    before = clients(daemon)
    for token in (late.token, gone.token, bytes(32)):
        with pytest.raises(HandshakeFailed):
            connect(address, Identity.generate(), invitation_token=token)
    assert clients(daemon) == before


def test_of_many_at_once_one_joins_and_the_rest_see_a_plain_close(
    new_daemon: Any, connect: Any
) -> None:
    daemon = new_daemon()
    address = daemon.start()
    invite = invited(daemon, "one", address)
    people = [Identity.generate() for _ in range(8)]

    def join(who: Identity) -> bool:
        with contextlib.suppress(ConnectionFailed, EOFError):
            connect(address, who, invitation_token=invite.token)
            return True
        return False

    with ThreadPoolExecutor(len(people)) as pool:
        came_in = list(pool.map(join, people))
    assert came_in.count(True) == 1
    assert clients(daemon)[people[came_in.index(True)].public] == "one"


def test_knowing_the_id_is_not_knowing_the_token(quiet_daemon: Any, connect: Any) -> None:
    """An eavesdropper who could read message 1 would have the id: it opens nothing."""
    daemon, address, _ = quiet_daemon
    invite, eve = invited(daemon, "eve", address), Identity.generate()

    with pytest.MonkeyPatch.context() as patch:
        true_id = initiator.invitation_id(invite.token)
        patch.setattr(initiator, "invitation_id", lambda _token: true_id)
        with pytest.raises(ConnectionFailed):
            connect(address, eve, invitation_token=bytes(32))
    assert eve.public not in clients(daemon)


def test_joining_survives_a_crash(new_daemon: Any, connect: Any) -> None:
    daemon = new_daemon()
    address = daemon.start()
    invite, carol = invited(daemon, "carol", address), Identity.generate()
    connect(address, carol, invitation_token=invite.token).drop()
    daemon.kill()
    address = daemon.start()
    connect(address, carol).close()
    connect(address, carol, invitation_token=invite.token).close()


def test_a_client_with_a_preshared_key_needs_it(new_daemon: Any, connect: Any) -> None:
    daemon = new_daemon(handshake_timeout="2 s")
    alice, shared = Identity.generate(), bytes(range(32))
    AllowedFile(daemon.state / "allowed").allow("alice", alice.public, shared)
    address = daemon.start()
    connect(address, alice, preshared_key=shared).close()
    for wrong in ({}, {"preshared_key": bytes(32)}):
        with pytest.raises(HandshakeFailed):
            connect(address, alice, **wrong)


def test_who_knows_the_page_alone_joins_and_shows_a_preshared_key(new_daemon: Any) -> None:
    daemon = new_daemon()
    alice, shared, carol = Identity.generate(), bytes(range(32)), Identity.generate()
    AllowedFile(daemon.state / "allowed").allow("alice", alice.public, shared)
    address = daemon.start()
    invite = invited(daemon, "carol", address)
    for who, more in (
        (carol, {"token": invite.token}),
        (carol, {}),
        (alice, {"preshared_key": shared}),
    ):
        place = (address.host, address.port)
        handshake = naive_client.Handshake(who.private, address.server_key, **more)
        with socket.create_connection(place, timeout=60) as sock:
            client = naive_client.Client(sock, handshake)
            client.ping(b"naive")
            client.close()
    assert clients(daemon) == {alice.public: "alice", carol.public: "carol"}


def test_no_secret_is_in_the_log_or_on_stdout(
    new_daemon: Any, connect: Any, run_underpaintd: Any
) -> None:
    daemon = new_daemon()
    daemon.configure(log_level="debug", log_format="json")
    address = daemon.start()
    made = new_invite(AllowedFile(daemon.state / "allowed"), "carol", address, 60)
    daemon.wait_for(lambda: any("allowed_changed" in line for line in list(daemon.lines)))
    connect(address, Identity.generate(), invitation_token=made.token).close()
    assert daemon.stop() == 0
    events = [json.loads(line)["event"] for line in daemon.lines if line.startswith("{")]
    assert "joined" in events
    said = "\n".join(daemon.lines)
    assert str(made).rpartition(".")[2] not in said
    assert made.token.hex() not in said
