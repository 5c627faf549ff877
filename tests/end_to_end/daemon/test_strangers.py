"""Who is not allowed, or does not speak the protocol, learns nothing: not even by the clock."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.end_to_end.daemon.process import PATIENCE

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import HandshakeFailed
from underpaint_common.wire import PREAMBLE, Address, Receipt, Session
from underpaint_common.wire.invitation import invitation_id
from underpaint_server.allowed import AllowedFile
from underpaint_server.clients import Invitation

pytestmark = pytest.mark.end_to_end

DELAY = 2.0


def silence(address: Address, opening: bytes, *, half_close: bool = False) -> float:
    """Send an opening; return after how many seconds the server closed without a byte."""
    connected = time.monotonic()
    with socket.create_connection((address.host, address.port), timeout=PATIENCE) as peer:
        peer.sendall(opening)
        if half_close:
            peer.shutdown(socket.SHUT_WR)
        assert peer.recv(1) == b""  # a reset would raise
        return time.monotonic() - connected


def opening_of(
    address: Address,
    identity: Identity,
    server_key: bytes | None = None,
    token: bytes | None = None,
) -> bytes:
    key = server_key or address.server_key
    return Session.initiator(identity, key, invitation_token=token).start()


def flipped(opening: bytes) -> bytes:
    return opening[:-1] + bytes([opening[-1] ^ 1])


Opening = Callable[[Address, Identity], bytes]

OPENINGS: dict[str, Opening] = {
    "nothing": lambda _address, _alice: b"",
    "garbage": lambda _address, _alice: os.urandom(500),
    "much garbage": lambda _address, _alice: os.urandom(2_000_000),
    "http": lambda _address, _alice: b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a preamble alone": lambda _address, _alice: PREAMBLE,
    "a giant record": lambda _address, _alice: PREAMBLE + b"\xff\xff\xff\xff" + bytes(100),
    "an empty record": lambda _address, _alice: PREAMBLE + bytes(4),
    "a stranger": lambda address, _alice: opening_of(address, Identity.generate()),
    "the wrong server key": lambda address, alice: opening_of(
        address, alice, Identity.generate().public
    ),
    "a truncated handshake": lambda address, alice: opening_of(address, alice)[:-1],
    "a flipped bit": lambda address, alice: flipped(opening_of(address, alice)),
}


@pytest.fixture(scope="module")
def invited(quiet_daemon: Any) -> dict[str, bytes]:
    """Return openings that name invitations, none of which holds for who names it."""
    daemon, address, alice = quiet_daemon
    file, hour = AllowedFile(daemon.state / "allowed"), timedelta(hours=1)
    tokens = {name: os.urandom(32) for name in ("unknown", "spent", "late", "known")}
    untils = {"spent": hour, "known": hour, "late": -hour}
    for name, left in untils.items():
        file.invite(name, Invitation(tokens[name], datetime.now(UTC) + left))
        if name == "spent":
            file.join(invitation_id(tokens[name]), Identity.generate().public)
    seen = f"invitations={len(file.load().invited)}"
    daemon.wait_for(lambda: any(line.endswith(seen) for line in list(daemon.lines)))
    who = {name: alice if name == "known" else Identity.generate() for name in tokens}
    return {
        f"an invitation, {name}": opening_of(address, who[name], token=token)
        for name, token in tokens.items()
    }


@pytest.mark.parametrize("half_close", [False, True], ids=["open", "half closed"])
def test_strangers_get_no_byte_and_a_plain_close_at_the_same_moment(
    quiet_daemon: Any, invited: dict[str, bytes], half_close: bool
) -> None:
    _, address, alice = quiet_daemon
    openings = {name: opening(address, alice) for name, opening in OPENINGS.items()} | invited

    def silence_after(opening: bytes) -> float:
        return silence(address, opening, half_close=half_close)

    with ThreadPoolExecutor(len(openings)) as pool:
        seconds = dict(zip(openings, pool.map(silence_after, openings.values()), strict=True))
    assert min(seconds.values()) >= DELAY * 0.95, seconds


def test_a_replayed_handshake_is_nobody(quiet_daemon: Any, connect: Any, stego: Any) -> None:
    daemon, address, alice = quiet_daemon
    daemon.lines.clear()
    connected = time.monotonic()
    with socket.create_connection((address.host, address.port), timeout=PATIENCE) as peer:
        peer.sendall(opening_of(address, alice))
        answer = peer.recv(4)
        assert len(answer) == 4
        while peer.recv(4096):
            pass
    assert time.monotonic() - connected >= DELAY * 0.95
    assert not any("event=authenticated" in line for line in daemon.lines)
    assert isinstance(connect(address, alice).push(stego(alice, address.server_key)), Receipt)


def test_a_replayed_handshake_with_an_invitation_writes_nobody_down(quiet_daemon: Any) -> None:
    daemon, address, _ = quiet_daemon
    file, token = AllowedFile(daemon.state / "allowed"), os.urandom(32)
    file.invite("hoped-for", Invitation(token, datetime.now(UTC) + timedelta(hours=1)))
    opening, before = opening_of(address, Identity.generate(), token=token), file.load().names

    def answered() -> bool:
        with socket.create_connection((address.host, address.port), timeout=PATIENCE) as peer:
            peer.sendall(opening)
            answer = peer.recv(4096)
            if answer:
                peer.sendall(b"\0\0\0\x30" + bytes(48))  # what is not its first record
                while peer.recv(4096):
                    pass
        return bool(answer)

    daemon.wait_for(answered)
    assert file.load().names == before


def test_an_unknown_version_is_answered_with_ours(quiet_daemon: Any) -> None:
    _, address, _ = quiet_daemon
    with socket.create_connection((address.host, address.port), timeout=PATIENCE) as peer:
        peer.sendall(PREAMBLE[:-1] + b"\xee")
        answer = b""
        while part := peer.recv(100):
            answer += part
    assert answer == PREAMBLE


def test_a_client_that_is_not_allowed_is_told_both_causes(quiet_daemon: Any, connect: Any) -> None:
    _, address, alice = quiet_daemon
    eve = Identity.generate()
    with pytest.raises(HandshakeFailed) as caught:
        connect(address, eve)
    assert f"underpaintd allow NAME {eve.public_text}" in (caught.value.hint or "")
    wrong = Address(address.host, address.port, Identity.generate().public)
    with pytest.raises(HandshakeFailed):
        connect(wrong, alice)


def test_openings_that_are_cut_anywhere_leave_nothing(quiet_daemon: Any, stego: Any) -> None:
    daemon, address, alice = quiet_daemon
    image = stego(alice, address.server_key)
    opening = opening_of(address, alice)
    before = daemon.received()
    peers = []
    for number in range(12):
        peer = socket.create_connection((address.host, address.port), timeout=PATIENCE)
        cut = opening[: len(opening) * number // 12]
        peer.sendall(cut + image[: 1000 * number])
        if number % 2:
            peer.close()
        peers.append(peer)
    for peer in peers:
        peer.close()
    assert daemon.received() == before
    assert daemon.leftovers() == []
    assert not daemon.has_ended


def test_bytes_that_come_one_at_a_time_are_understood(new_daemon: Any) -> None:
    from underpaint_common.wire import Ping

    daemon = new_daemon(handshake_timeout="50 s")
    alice = daemon.allow("alice")
    address = daemon.start()
    session = Session.initiator(alice, address.server_key)
    with socket.create_connection((address.host, address.port), timeout=PATIENCE) as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in session.start():
            peer.sendall(bytes([byte]))
        while not session.established:
            count = peer.recv_into(session.get_buffer())
            assert count > 0
            session.buffer_updated(count)
        for byte in session.send_message(Ping(b"slow")):
            peer.sendall(bytes([byte]))
        events = session.buffer_updated(peer.recv_into(session.get_buffer()))
        assert len(events) == 1


def test_too_many_half_open_connections_push_out_the_oldest(new_daemon: Any, connect: Any) -> None:
    daemon = new_daemon(half_open=5, handshake_timeout="50 s")
    alice = daemon.allow("alice")
    address = daemon.start()
    started = time.monotonic()
    peers = [
        socket.create_connection((address.host, address.port), timeout=PATIENCE) for _ in range(6)
    ]
    assert peers[0].recv(1) == b""
    assert time.monotonic() - started < 40
    connect(address, alice).close()
    for peer in peers:
        peer.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127/8 on loopback")
def test_one_address_pushes_out_its_own_and_nobody_elses(new_daemon: Any) -> None:
    daemon = new_daemon(half_open=5, handshake_timeout="50 s")
    address = daemon.start()
    place = (address.host, address.port)
    patient = socket.create_connection(place, timeout=PATIENCE, source_address=("127.0.0.2", 0))
    greedy = [socket.create_connection(place, timeout=PATIENCE) for _ in range(6)]
    assert greedy[0].recv(1) == b""
    assert greedy[1].recv(1) == b""
    patient.settimeout(0.3)
    with pytest.raises(TimeoutError):
        patient.recv(1)
    for peer in (patient, *greedy):
        peer.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127/8 on loopback")
def test_who_fails_too_often_is_not_looked_at_and_cannot_tell(new_daemon: Any) -> None:
    daemon = new_daemon(failed_handshakes=3, handshake_timeout="2 s")
    alice = daemon.allow("alice")
    address = daemon.start()
    with ThreadPoolExecutor(6) as crowd:
        list(crowd.map(lambda _: silence(address, os.urandom(200)), range(6)))
    # An allowed client meets the very silence that a stranger meets, and as long.
    elapsed = silence(address, opening_of(address, alice))
    assert elapsed >= DELAY * 0.95
