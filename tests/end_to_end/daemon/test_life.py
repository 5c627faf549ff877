"""How a daemon starts, obeys its operator, and ends."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionCut, ConnectionFailed, ExitCode, HandshakeFailed
from underpaint_common.wire import (
    Address,
    Closed,
    Push,
    PushAccepted,
    PushEnd,
    Receipt,
    Refusal,
)
from underpaint_server.allowed import AllowedFile

pytestmark = pytest.mark.end_to_end


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_an_idle_daemon_in_order(
    new_daemon: Any, connect: Any, number: signal.Signals
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    client = connect(daemon.start(), alice)
    daemon.process.send_signal(number)
    assert isinstance(client.next_event(), Closed)
    client.drop()
    assert daemon.wait() == ExitCode.DONE
    assert any("event=stopped" in line for line in daemon.lines)


def test_an_upload_in_progress_may_finish(new_daemon: Any, connect: Any, stego: Any) -> None:
    daemon = new_daemon(shutdown_timeout="50 s")
    alice = daemon.allow("alice")
    address = daemon.start()
    client, idle = connect(address, alice), connect(address, alice)
    image = stego(alice, address.server_key)
    client.send(Push(os.urandom(16)))
    assert isinstance(client.answer(), PushAccepted)
    client.send_data(image[:1000])
    daemon.process.send_signal(signal.SIGTERM)
    assert isinstance(idle.next_event(), Closed)
    idle.drop()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((address.host, address.port), timeout=5)
    client.send_data(image[1000:])
    client.send(PushEnd(len(image), hashlib.sha256(image).digest()))
    assert isinstance(client.answer(), Receipt)
    assert isinstance(client.next_event(), Closed)
    client.drop()
    assert daemon.wait() == ExitCode.DONE
    assert len(daemon.received()) == 1


def test_an_upload_that_does_not_finish_is_told_to_come_back(new_daemon: Any, connect: Any) -> None:
    daemon = new_daemon(shutdown_timeout="0.3 s")
    alice = daemon.allow("alice")
    client = connect(daemon.start(), alice)
    client.send(Push(os.urandom(16)))
    assert isinstance(client.answer(), PushAccepted)
    client.send_data(bytes(1000))
    daemon.wait_for(lambda: daemon.leftovers() != [])
    daemon.process.send_signal(signal.SIGTERM)
    refusal = client.answer()
    assert isinstance(refusal, Refusal)
    assert refusal.code == "shutting_down"
    assert refusal.retry_after
    assert isinstance(client.next_event(), Closed)
    client.drop()
    assert daemon.wait() == ExitCode.DONE
    assert len(daemon.leftovers()) == 1  # it can be resumed


def test_a_second_signal_ends_it_at_once(new_daemon: Any, connect: Any) -> None:
    daemon = new_daemon(shutdown_timeout="500 s")
    alice = daemon.allow("alice")
    client = connect(daemon.start(), alice)
    client.send(Push(os.urandom(16)))
    client.answer()
    client.send_data(bytes(1000))
    daemon.process.send_signal(signal.SIGTERM)
    daemon.wait_for_event("stopping")
    assert daemon.stop() == ExitCode.INTERRUPTED


REVOKING_FAILS = """
from underpaint_server import daemon
def cut_off(*_, **__): raise RuntimeError("of a test")
daemon.cut_off = cut_off
"""


def test_a_daemon_that_cannot_obey_ends_in_order_and_says_so(new_daemon: Any, connect: Any) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    client = connect(daemon.start(after=REVOKING_FAILS), alice)
    AllowedFile(daemon.state / "allowed").revoke("alice")
    assert isinstance(client.next_event(), Closed)
    client.drop()
    assert daemon.wait() == ExitCode.FAULT
    told = "\n".join(daemon.lines)
    assert "event=chore_failed chore=permissions" in told
    assert "event=stopped" in told
    assert "underpaintd: error: the daemon cannot go on" in told


@pytest.mark.parametrize("uploading", [False, True], ids=["idle", "uploading"])
def test_a_revoked_client_is_cut_off_and_stays_out(
    new_daemon: Any, connect: Any, run_underpaintd: Any, uploading: bool
) -> None:
    daemon = new_daemon(handshake_timeout="2 s")
    alice, bob = daemon.allow("alice"), daemon.allow("bob")
    address = daemon.start()
    client, other = connect(address, alice), connect(address, bob)
    if uploading:
        client.send(Push(os.urandom(16)))
        assert isinstance(client.answer(), PushAccepted)
        client.send_data(bytes(1000))
    run_underpaintd("revoke", "alice", "--config", daemon.config)
    with pytest.raises(ConnectionCut):
        client.next_event()
    daemon.wait_for(lambda: daemon.leftovers() == [])
    other.ping()
    with pytest.raises(HandshakeFailed):
        connect(address, alice)


def test_a_broken_list_changes_nothing(new_daemon: Any, connect: Any) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    with (daemon.state / "allowed").open("a") as file:
        file.write("bob is welcome\n")
    daemon.wait_for_event("allowed_unreadable")
    connect(address, alice).ping()


def test_who_says_nothing_for_long_is_sent_home(new_daemon: Any, connect: Any) -> None:
    daemon = new_daemon(idle_timeout="0.3 s")
    alice = daemon.allow("alice")
    client = connect(daemon.start(), alice)
    assert isinstance(client.next_event(), Closed)


def test_many_clients_at_once_each_get_their_receipt(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon(image_jobs=1, file_jobs=1)
    alice = daemon.allow("alice")
    address = daemon.start()
    clients = [connect(address, alice) for _ in range(8)]
    image = stego(alice, address.server_key)
    for client in clients:
        client.send(Push(os.urandom(16)))
    for client in clients:
        assert isinstance(client.answer(), PushAccepted)
        client.send_data(image)
        client.send(PushEnd(len(image), hashlib.sha256(image).digest()))
    ids = {client.answer().id for client in clients}
    assert len(ids) == len(clients)
    assert {row["id"] for row in daemon.received()} == ids


def test_a_daemon_that_was_killed_starts_again(new_daemon: Any, connect: Any, stego: Any) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    receipt = connect(address, alice).push(stego(alice, address.server_key))
    client = connect(address, alice)
    client.send(Push(os.urandom(16)))
    client.answer()
    client.send_data(bytes(1000))
    daemon.wait_for(lambda: daemon.leftovers() != [])
    daemon.stop(signal.SIGKILL)
    with pytest.raises((ConnectionFailed, OSError)):
        client.next_event()
    daemon.start()
    (row,) = daemon.received()
    assert row["id"] == receipt.id
    assert Path(row["path"]).read_bytes() == b"the secret"


def test_without_uvloop_it_does_the_same(new_daemon: Any, connect: Any, stego: Any) -> None:
    daemon = new_daemon(handshake_timeout="2 s")
    alice = daemon.allow("alice")
    address = daemon.start(after="import sys; sys.modules['uvloop'] = None")
    client = connect(address, alice)
    for _ in range(2):
        assert isinstance(client.push(stego(alice, address.server_key)), Receipt)
    with pytest.raises(HandshakeFailed):
        connect(address, Identity.generate())
    daemon.process.send_signal(signal.SIGTERM)
    assert isinstance(client.next_event(), Closed)
    client.drop()
    assert daemon.wait() == ExitCode.DONE
    assert not any("level=error" in line for line in daemon.lines)


def test_a_port_in_use_is_told_in_a_sentence(new_daemon: Any, run_underpaintd: Any) -> None:
    first, second = new_daemon(), new_daemon()
    address: Address = first.start()
    done = run_underpaintd(
        "serve", "--config", second.config, "--listen", f"127.0.0.1:{address.port}", expect=2
    )
    assert "underpaintd: error: cannot listen on 127.0.0.1:" in done.stderr
    assert "hint: " in done.stderr
    assert "Traceback" not in done.stderr


def test_two_daemons_never_share_a_state(new_daemon: Any, run_underpaintd: Any) -> None:
    daemon = new_daemon()
    daemon.start()
    done = run_underpaintd("serve", "--config", daemon.config, "--listen", "127.0.0.1:0", expect=9)
    assert "another underpaintd is running" in done.stderr


def test_a_key_that_others_can_read_is_refused(new_daemon: Any, run_underpaintd: Any) -> None:
    daemon = new_daemon()
    (daemon.state / "identity.key").chmod(0o644)
    run_underpaintd("serve", "--config", daemon.config, expect=9)


def test_an_unknown_key_is_refused_with_the_nearest(new_daemon: Any, run_underpaintd: Any) -> None:
    daemon = new_daemon(conections=5)
    done = run_underpaintd("serve", "--config", daemon.config, expect=2)
    assert "unknown key limits.conections" in done.stderr
    assert "hint: did you mean connections?" in done.stderr


def test_the_ready_line_comes_once_and_nothing_goes_to_stdout(new_daemon: Any) -> None:
    daemon = new_daemon()
    started = time.monotonic()
    address = daemon.start()
    assert address.port != 0
    assert time.monotonic() - started < 30
    assert not any("listening on" in line for line in daemon.lines)
    assert daemon.stop() == 0
