"""The blocking client, against a server that says whatever a test wants."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.client.scripted import (
    ALICE,
    SERVER,
    Interrupting,
    Peer,
    honest,
    receipt_for,
    serving_in_a_thread,
)

from underpaint_client import BlockingClient, ProgressEvent, Stage
from underpaint_common.errors import (
    ConnectionFailed,
    Damaged,
    HandshakeFailed,
    Refused,
    Unanswered,
)
from underpaint_common.wire import Address
from underpaint_common.wire.events import DataReceived, Event, MessageReceived
from underpaint_common.wire.messages import (
    Ping,
    Push,
    PushAccepted,
    PushEnd,
    Refusal,
    ServerMessage,
)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("underpaint_client.retrying._FIRST_PAUSE", 0.01)


def test_push_and_ping_on_one_connection(cover: Path, secret: Path) -> None:
    events: list[ProgressEvent] = []
    with (
        serving_in_a_thread(honest) as address,
        BlockingClient(str(address), identity=ALICE) as client,
    ):
        assert client.ping() < 30
        for _ in range(2):
            receipt = client.push(secret, cover=cover, progress=events.append)
            assert receipt.sha256 == hashlib.sha256(secret.read_bytes()).hexdigest()
            assert receipt.name == "secret.png"
        assert client.ping() < 30
    stages = list(dict.fromkeys(event.stage for event in events))
    assert stages == [Stage.HIDE, Stage.SEND, Stage.STORE]


def test_threads_take_turns(cover: Path, secret: Path) -> None:
    with (
        serving_in_a_thread(honest) as address,
        BlockingClient(address, identity=ALICE) as client,
        ThreadPoolExecutor(3) as pool,
    ):
        pushes = [pool.submit(client.push, secret, cover=cover, name=f"{n}.png") for n in range(3)]
        assert [push.result().name for push in pushes] == ["0.png", "1.png", "2.png"]


def test_a_delivery_goes_on_over_another_connection(cover: Path, secret: Path) -> None:
    held = bytearray()
    troubles = ["cut", "busy", "going away"]

    def answers(peer: Peer, event: Event) -> ServerMessage | None:
        trouble = troubles[0] if troubles else None
        match event:
            case MessageReceived(Push()) if trouble == "busy":
                troubles.pop(0)
                return Refusal("busy", "too many uploads", 0.01)
            case MessageReceived(Push()) if trouble == "going away":
                troubles.pop(0)
                refusal = peer.session.send_message(Refusal("shutting_down", "bye", 0.01))
                peer.transport.write(refusal + peer.session.send_close())
                return None
            case MessageReceived(Push()):
                peer.stego[:] = held
                return PushAccepted(len(held), hashlib.sha256(held).digest())
            case DataReceived() if trouble == "cut":
                troubles.pop(0)
                held[:] = peer.stego
                peer.transport.abort()
                return None
        return honest(peer, event)

    with (
        serving_in_a_thread(answers) as address,
        BlockingClient(address, identity=ALICE) as client,
    ):
        receipt = client.push(secret, cover=cover)
    assert receipt.sha256 == hashlib.sha256(secret.read_bytes()).hexdigest()
    assert not troubles
    assert held


@pytest.mark.parametrize(
    ("ways", "connections", "end"),
    [
        ([b""], 3, None),
        ([b""] * 10, 3, Unanswered),
        ([b"\xff" * 64] * 10, 2, HandshakeFailed),
    ],
    ids=["once", "on and on", "a false server"],
)
def test_silence_is_asked_again_and_a_false_server_is_not(
    cover: Path, secret: Path, ways: list[bytes], connections: int, end: type[Exception] | None
) -> None:
    server = Interrupting(*ways)
    caught: Exception | None = None
    with (
        serving_in_a_thread(server.answers, meets=server.meets) as address,
        BlockingClient(address, identity=ALICE, retries=2) as client,
    ):
        try:
            client.push(secret, cover=cover)
        except ConnectionFailed as error:
            caught = error
    assert (server.connections, type(caught)) == (connections, end or type(None))


def test_a_connection_that_ended_in_the_meantime_is_renewed(cover: Path, secret: Path) -> None:
    def once(peer: Peer, event: Event) -> ServerMessage | None:
        answer = honest(peer, event)
        if answer is not None and not isinstance(answer, PushAccepted):
            data = peer.session.send_message(answer) + peer.session.send_close()
            peer.transport.write(data)
            peer.transport.close()
            return None
        return answer

    with (
        serving_in_a_thread(once) as address,
        BlockingClient(address, identity=ALICE, retries=0) as client,
    ):
        for _ in range(3):
            client.push(secret, cover=cover)
            deadline = time.monotonic() + 30
            assert client._connection is not None
            while not client._connection.is_over:
                assert time.monotonic() < deadline


def test_refusals_and_false_receipts(cover: Path, secret: Path) -> None:
    def refusing(peer: Peer, event: Event) -> ServerMessage | None:
        match event:
            case MessageReceived(Push()):
                return Refusal("quota", "enough", 99.0)
        return honest(peer, event)

    def lying(peer: Peer, event: Event) -> ServerMessage | None:
        match event:
            case MessageReceived(PushEnd()):
                return receipt_for(bytes(peer.stego), sha256=bytes(32))
        return honest(peer, event)

    with (
        serving_in_a_thread(refusing) as address,
        BlockingClient(address, identity=ALICE) as client,
    ):
        with pytest.raises(Refused, match="enough") as caught:
            client.push(secret, cover=cover)
        assert caught.value.retry_after == 99.0
        assert client.ping() < 30
    with (
        serving_in_a_thread(lying) as address,
        BlockingClient(address, identity=ALICE) as client,
        pytest.raises(Damaged),
    ):
        client.push(secret, cover=cover)


def test_a_server_that_does_not_answer_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = Address("127.0.0.1", silent.getsockname()[1], SERVER.public)
        with (
            pytest.raises(HandshakeFailed, match="not allowed there"),
            BlockingClient(address, identity=ALICE, timeout=0.2),
        ):
            pytest.fail("it never answered")

    def deaf(peer: Peer, event: Event) -> ServerMessage | None:
        return None if isinstance(event, MessageReceived) else honest(peer, event)

    with (
        serving_in_a_thread(deaf) as address,
        BlockingClient(address, identity=ALICE, timeout=2.0) as client,
        pytest.raises(ConnectionFailed, match=r"did not answer within 2 s"),
    ):
        client.ping()


def test_nobody_listens_or_somebody_else() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with (
            pytest.raises(ConnectionFailed, match="cannot reach"),
            BlockingClient(Address("127.0.0.1", port, SERVER.public), identity=ALICE),
        ):
            pytest.fail("nobody listens")


def test_a_client_is_used_inside_with() -> None:
    client = BlockingClient(Address("127.0.0.1", 1, SERVER.public), identity=ALICE)
    with pytest.raises(ConnectionFailed, match="not connected"):
        client.ping()
    client.close()


def test_another_thread_can_end_it() -> None:
    asked = threading.Event()

    def deaf(peer: Peer, event: Event) -> ServerMessage | None:
        match event:
            case MessageReceived(Ping()):
                asked.set()
                return None
        return honest(peer, event)

    with (
        serving_in_a_thread(deaf) as address,
        ThreadPoolExecutor(1) as pool,
        BlockingClient(address, identity=ALICE, timeout=60) as client,
    ):
        waiting = pool.submit(client.ping)
        assert asked.wait(30)
        client.close()
        with pytest.raises(ConnectionFailed):
            waiting.result(30)
        with pytest.raises(ConnectionFailed, match="not connected"):
            client.ping()
