"""Every bound of the configuration: who reaches it is told which, and the daemon lives on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import threading
from typing import Any

import pytest

from underpaint_common.errors import ConnectionFailed
from underpaint_common.wire import (
    Closed,
    MessageReceived,
    Ping,
    Push,
    PushAccepted,
    PushEnd,
    Receipt,
    Refusal,
)

pytestmark = pytest.mark.end_to_end


def first_answer(client: Any, message: Any) -> Any:
    client.send(message)
    return client.answer()


def assert_busy(answer: Any, words: str) -> None:
    assert isinstance(answer, Refusal)
    assert answer.code == "busy"
    assert words in answer.message
    assert answer.retry_after


@pytest.mark.parametrize("bound", ["connections", "connections_per_client"])
def test_a_connection_too_many_is_told_so_and_closed(
    new_daemon: Any, connect: Any, raw_client: Any, bound: str
) -> None:
    daemon = new_daemon(**{bound: 2})
    alice, bob = daemon.allow("alice"), daemon.allow("bob")
    address = daemon.start()
    first, second = connect(address, alice), connect(address, alice)
    third = raw_client(address, alice)
    assert_busy(first_answer(third, Push(os.urandom(16))), "no more than 2 connections")
    assert isinstance(third.next_event(), Closed)
    fourth = raw_client(address, bob)
    if bound == "connections":
        assert_busy(first_answer(fourth, Ping()), "connections at the same time")
    else:
        fourth.ping()
    first.close()
    daemon.wait_for(
        lambda: not isinstance(first_answer(raw_client(address, alice), Ping()), Refusal)
    )
    second.ping()


def test_an_upload_too_many_of_one_client_may_come_later(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon(uploads_per_client=1)
    alice, bob = daemon.allow("alice"), daemon.allow("bob")
    address = daemon.start()
    image, others = stego(alice, address.server_key), stego(bob, address.server_key)
    first, second, other = (connect(address, who) for who in (alice, alice, bob))
    assert isinstance(first_answer(first, Push(os.urandom(16))), PushAccepted)
    assert_busy(second.push(image), "uploads of one client")
    assert isinstance(other.push(others), Receipt)
    first.send_data(image)
    first.send(PushEnd(len(image), hashlib.sha256(image).digest()))
    assert isinstance(first.answer(), Receipt)
    assert isinstance(second.push(image), Receipt)


def test_uploads_wait_for_receive_buffers(new_daemon: Any, connect: Any, stego: Any) -> None:
    daemon = new_daemon(receive_buffers="2 MiB")
    alice = daemon.allow("alice")
    address = daemon.start()
    image = stego(alice, address.server_key)
    end = PushEnd(len(image), hashlib.sha256(image).digest())
    first, second = connect(address, alice), connect(address, alice)
    assert isinstance(first_answer(first, Push(os.urandom(16))), PushAccepted)
    second.send(Push(os.urandom(16)))
    second.socket.settimeout(0.3)
    with pytest.raises(TimeoutError):
        second.next_event()
    second.socket.settimeout(60)
    first.send_data(image)
    first.send(end)
    assert isinstance(first.answer(), Receipt)
    assert isinstance(second.answer(), PushAccepted)
    second.send_data(image)
    second.send(end)
    assert isinstance(second.answer(), Receipt)


def test_a_slow_upload_makes_way_for_another_client_and_is_resumed(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon(receive_buffers="2 MiB", transfer_timeout="3 s")
    alice, bob = daemon.allow("alice"), daemon.allow("bob")
    address = daemon.start()
    image, upload = stego(alice, address.server_key), os.urandom(16)
    another = stego(bob, address.server_key)
    let_in = threading.Event()
    slow = connect(address, alice)
    assert isinstance(first_answer(slow, Push(upload)), PushAccepted)

    def trickle() -> None:
        with contextlib.suppress(OSError):
            for byte in image[:-1]:
                slow.send_data(bytes([byte]))
                if let_in.wait(0.01):
                    return

    trickling = threading.Thread(target=trickle)
    trickling.start()
    try:
        assert isinstance(connect(address, bob).push(another), Receipt)
    finally:
        let_in.set()
    daemon.wait_for_event("made_way")
    assert_busy(slow.answer(), "others wait")
    trickling.join()
    again = connect(address, alice)
    assert isinstance(again.push(image, upload), Receipt)
    assert again.resumed_at > 0


def test_a_clients_share_of_the_inbox_is_bounded(new_daemon: Any, connect: Any, stego: Any) -> None:
    daemon = new_daemon(client_bytes="25 B")
    alice, bob = daemon.allow("alice"), daemon.allow("bob")
    address = daemon.start()
    client = connect(address, alice)
    image = stego(alice, address.server_key)  # of ten bytes
    for _ in range(2):
        assert isinstance(client.push(image), Receipt)
    refusal = client.push(image)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.retry_after) == ("quota", None)
    assert isinstance(connect(address, bob).push(stego(bob, address.server_key)), Receipt)
    assert daemon.leftovers() == []
    assert len(daemon.received()) == 3


def test_uploads_at_the_same_time_stay_within_the_share_together(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon(client_bytes="25 B", image_jobs=4)
    alice = daemon.allow("alice")
    address = daemon.start()
    image = stego(alice, address.server_key)  # of ten bytes
    clients = [connect(address, alice) for _ in range(8)]
    for client in clients:
        client.send(Push(os.urandom(16)))
    for client in clients:
        assert isinstance(client.answer(), PushAccepted)
        client.send_data(image)
    for client in clients:
        client.send(PushEnd(len(image), hashlib.sha256(image).digest()))
    answers = [client.answer() for client in clients]
    receipts = [answer for answer in answers if isinstance(answer, Receipt)]
    assert {answer.code for answer in answers if isinstance(answer, Refusal)} == {"quota"}
    assert 1 <= len(receipts) <= 2
    assert len(daemon.received()) == len(receipts)


def test_records_are_as_long_as_the_server_wants_them(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon(record_bytes="8 KiB")
    alice = daemon.allow("alice")
    address = daemon.start()
    image = stego(alice, address.server_key)
    assert len(image) > 3 * 8192
    assert isinstance(connect(address, alice).push(image), Receipt)
    client = connect(address, alice)
    accepted = first_answer(client, Push(os.urandom(16)))
    assert accepted.record_bytes == 8192
    client.session._channel.record_bytes = 9000  # as one that does not care
    with pytest.raises((ConnectionFailed, OSError)):  # noqa: PT012 - it ends at some record
        client.send_data(image)
        client.next_event()
    daemon.wait_for_event("broken")


@pytest.mark.parametrize(
    ("limits", "code"),
    [({"spool_bytes": "5 kB"}, "spool_full"), ({"min_free": "FREE"}, "disk_full")],
)
def test_bytes_without_room_are_refused_before_the_disk_is_full(
    new_daemon: Any, connect: Any, stego: Any, tmp_path: Any, limits: dict[str, Any], code: str
) -> None:
    if limits.get("min_free") == "FREE":
        limits = {"min_free": shutil.disk_usage(tmp_path).total}
    daemon = new_daemon(**limits)
    alice = daemon.allow("alice")
    address = daemon.start()
    client = connect(address, alice)
    refusal = client.push(stego(alice, address.server_key))
    assert isinstance(refusal, Refusal)
    assert refusal.code == code
    assert refusal.retry_after
    assert daemon.leftovers() == []
    client.ping()


def test_more_connections_than_files_are_refused_at_the_start(
    new_daemon: Any, run_underpaintd: Any
) -> None:
    daemon = new_daemon(connections=10**9)
    done = run_underpaintd("serve", "--config", daemon.config, expect=2)
    assert "limits.connections: 1000000000 connections need" in done.stderr
    assert "LimitNOFILE" in done.stderr


def test_the_soft_limit_of_open_files_is_raised(new_daemon: Any, connect: Any) -> None:
    daemon = new_daemon(connections=100, half_open=10, connections_per_client=100)
    alice = daemon.allow("alice")
    lower = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (40, 400))"
    address = daemon.start(after=lower)
    clients = [connect(address, alice) for _ in range(90)]
    for client in clients:
        client.ping()


def test_a_record_that_does_not_become_whole_ends_its_connection(
    new_daemon: Any, connect: Any
) -> None:
    daemon = new_daemon(transfer_timeout="0.5 s")
    alice = daemon.allow("alice")
    client = connect(daemon.start(), alice)
    assert isinstance(first_answer(client, Push(os.urandom(16))), PushAccepted)
    (record,) = client.session.send_data(bytes(200_000))
    with pytest.raises((ConnectionFailed, OSError)):  # noqa: PT012 - it ends at some byte
        for byte in range(0, len(record), 100):
            client.socket.sendall(record[byte : byte + 100])
            client.socket.settimeout(0.05)
            try:
                client.next_event()
            except TimeoutError:
                continue
    daemon.wait_for_event("broken")


def test_a_message_that_does_not_become_whole_ends_its_connection(
    new_daemon: Any, connect: Any
) -> None:
    daemon = new_daemon(transfer_timeout="0.5 s")
    alice = daemon.allow("alice")
    client = connect(daemon.start(), alice)
    client.socket.sendall(client.session.send_message(Ping(b"half"))[:-1])
    with pytest.raises(ConnectionFailed):
        client.next_event()
    daemon.wait_for_event("broken")
    assert any("a record took too long" in line for line in daemon.lines)


def test_many_messages_ahead_are_answered_all_the_same(new_daemon: Any, connect: Any) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    client = connect(daemon.start(), alice)
    tokens = [bytes([number]) for number in range(200)]
    client.socket.sendall(b"".join(client.session.send_message(Ping(t)) for t in tokens))
    answers = [client.next_event() for _ in tokens]
    assert [e.message.token for e in answers if isinstance(e, MessageReceived)] == tokens
