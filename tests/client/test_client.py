"""The client against a server that says whatever a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import socket
from pathlib import Path

import pytest
from tests.client.scripted import (
    ALICE,
    SERVER,
    Answers,
    Interrupting,
    Peer,
    honest,
    polite,
    receipt_for,
    serving,
    silent,
)

from underpaint_client import Client
from underpaint_client.connection import Connection
from underpaint_client.progress import ProgressEvent, Stage
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import (
    ConnectionFailed,
    Damaged,
    HandshakeFailed,
    ProtocolError,
    Refused,
    Unanswered,
    UsageError,
    VersionMismatch,
)
from underpaint_common.wire import Address
from underpaint_common.wire.events import DataReceived, Event, MessageReceived
from underpaint_common.wire.messages import (
    Pong,
    Push,
    PushAccepted,
    PushEnd,
    Refusal,
    ServerMessage,
)


def test_push_and_ping_on_one_connection(cover: Path, secret: Path) -> None:
    async def course() -> None:
        async with serving(honest) as address, Client(address, identity=ALICE) as client:
            assert await client.ping() < 30
            for _ in range(2):
                receipt = await client.push(secret, cover=cover)
                assert receipt.sha256 == hashlib.sha256(secret.read_bytes()).hexdigest()
                assert receipt.bytes == secret.stat().st_size
                assert receipt.name == "secret.png"
                assert receipt.report.mode == "adaptive"
            assert await client.ping() < 30

    asyncio.run(course())


def test_pushes_at_the_same_time_take_turns(cover: Path, secret: Path) -> None:
    async def course() -> None:
        async with serving(honest) as address, Client(str(address), identity=ALICE) as client:
            receipts = await asyncio.gather(
                *(client.push(secret, cover=cover, name=f"{n}.png") for n in range(3)),
                client.ping(),
            )
            assert [r.name for r in receipts[:3]] == ["0.png", "1.png", "2.png"]

    asyncio.run(course())


def test_a_server_has_heard_of_a_client_before_it_hides(cover: Path, secret: Path) -> None:
    heard: list[Event] = []

    def answers(peer: Peer, event: Event) -> ServerMessage | None:
        heard.append(event)
        return honest(peer, event)

    def hidden(event: ProgressEvent) -> None:
        if event.stage is Stage.HIDE:
            assert any(isinstance(each, MessageReceived) for each in heard)

    async def course() -> None:
        async with serving(answers) as address, Client(address, identity=ALICE) as client:
            await client.push(secret, cover=cover, progress=hidden)

    asyncio.run(course())


def test_classic_mode_arrives_as_pixels(cover: Path, secret: Path) -> None:
    async def course() -> None:
        async with serving(honest) as address, Client(address, identity=ALICE) as client:
            receipt = await client.push(secret, cover=cover, mode="classic")
            assert (receipt.report.mode, receipt.report.form) == ("classic", "pixels")

    asyncio.run(course())


@pytest.mark.parametrize("other", [False, True], ids=["ours", "something else"])
def test_a_delivery_resumes_if_what_the_server_has_is_ours(
    cover: Path, secret: Path, other: bool
) -> None:
    async def course() -> None:
        held = bytearray()

        def answers(peer: Peer, event: Event) -> ServerMessage | None:
            match event:
                case MessageReceived(Push(_, anew)):
                    offset = 0 if anew else len(held)
                    peer.stego[:] = held[:offset]
                    return PushAccepted(offset, hashlib.sha256(peer.stego).digest())
            return honest(peer, event)

        async with serving(answers) as address, Client(address, identity=ALICE) as client:
            prepared = await client.prepare(secret, cover=cover)
            held += bytes(1000) if other else prepared.stego[:1000]
            receipt = await client.deliver(prepared)
            assert receipt.stego_bytes == len(prepared.stego)

    asyncio.run(course())


def test_a_delivery_goes_on_over_another_connection(
    cover: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("underpaint_client.retrying._FIRST_PAUSE", 0.01)

    async def course() -> None:
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
                    peer.transport.write(
                        peer.session.send_message(Refusal("shutting_down", "bye", 0.01))
                    )
                    peer.transport.write(peer.session.send_close())
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

        async with serving(answers) as address, Client(address, identity=ALICE) as client:
            receipt = await client.push(secret, cover=cover)
            assert receipt.sha256 == hashlib.sha256(secret.read_bytes()).hexdigest()
            assert not troubles
            assert held

    asyncio.run(course())


@pytest.mark.parametrize("offset", [-1, 10**9])
def test_an_offset_outside_the_upload_is_a_protocol_error(
    cover: Path, secret: Path, offset: int
) -> None:
    def answers(peer: Peer, event: Event) -> ServerMessage | None:
        match event:
            case MessageReceived(Push()):
                return PushAccepted(offset=offset)
        return None

    with pytest.raises(ProtocolError):
        push_to(answers, cover, secret)


def test_a_refusal_carries_the_servers_words(cover: Path, secret: Path) -> None:
    def answers(peer: Peer, event: Event) -> ServerMessage | None:
        match event:
            case MessageReceived(Push()):
                return Refusal(code="busy", message="too many uploads", retry_after=2.5)
        return None

    with pytest.raises(Refused, match="too many uploads") as caught:
        push_to(answers, cover, secret)
    assert (caught.value.code, caught.value.retry_after) == ("busy", 2.5)
    assert caught.value.hint == "try again in 2.5 s"


def test_a_refusal_amid_the_upload_is_heard(cover: Path, secret: Path) -> None:
    def answers(peer: Peer, event: Event) -> ServerMessage | None:
        match event:
            case MessageReceived(Push()):
                return PushAccepted(offset=0)
            case DataReceived():
                peer.answers = silent
                return Refusal(code="too-large", message="over the limit", retry_after=None)
        return None

    with pytest.raises(Refused, match="over the limit"):
        push_to(answers, cover, secret)


def test_a_refusal_amid_the_upload_leaves_the_connection_usable(
    cover: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("underpaint_client.exchange.CHUNK_BYTES", 1 << 10)
    send_data, refused = Connection.send_data, False

    async def send_slowly(connection: Connection, data: bytes | memoryview) -> None:
        first = not refused
        await send_data(connection, data)
        while first and not connection.has_message:
            await asyncio.sleep(0.001)

    monkeypatch.setattr(Connection, "send_data", send_slowly)

    async def course() -> None:

        def answers(peer: Peer, event: Event) -> ServerMessage | None:
            nonlocal refused
            match event:
                case DataReceived() if not refused:
                    refused, peer.answers = True, skipping
                    return Refusal(code="too_large", message="over the limit", retry_after=None)
            return honest(peer, event)

        def skipping(peer: Peer, event: Event) -> None:
            match event:
                case MessageReceived(PushEnd()):
                    peer.answers = answers
                case MessageReceived(message):
                    peer.transport.abort()
                    pytest.fail(f"{message} before the end of the upload")

        async with serving(answers) as address, Client(address, identity=ALICE) as client:
            with pytest.raises(Refused, match="over the limit"):
                await client.push(secret, cover=cover)
            assert await client.ping() < 30
            assert (await client.push(secret, cover=cover)).name == "secret.png"

    asyncio.run(course())


def test_a_receipt_for_other_bytes_is_not_believed(cover: Path, secret: Path) -> None:
    def answers(peer: Peer, event: Event) -> ServerMessage | None:
        match event:
            case MessageReceived(PushEnd()):
                return receipt_for(bytes(peer.stego), sha256=bytes(32))
        return honest(peer, event)

    with pytest.raises(Damaged, match="other bytes"):
        push_to(answers, cover, secret)


@pytest.mark.parametrize("answer", [Pong(token=b"another"), PushAccepted(offset=0)])
def test_a_wrong_answer_to_a_ping_is_a_protocol_error(answer: ServerMessage) -> None:
    with pytest.raises(ProtocolError):
        ping(lambda _, event: answer if isinstance(event, MessageReceived) else None)


def test_a_server_that_hangs_up_is_told_from_one_that_is_silent() -> None:
    def hang_up(peer: Peer, event: Event) -> None:
        if isinstance(event, MessageReceived):
            peer.transport.abort()

    with pytest.raises(ConnectionFailed, match=r"lost|cut|closed"):
        ping(hang_up)
    with pytest.raises(ConnectionFailed, match="did not answer within"):
        ping(silent, timeout=2.0)


def test_a_stranger_and_a_wrong_key_fail_alike_and_both_causes_are_named() -> None:
    async def connect(client_identity: Identity, server_key: bytes) -> None:
        async with serving(honest) as address:
            wanted = Address(address.host, address.port, server_key)
            async with Client(wanted, identity=client_identity, timeout=10):
                pytest.fail("the handshake must not succeed")

    stranger = Identity.generate()
    for identity, key in ((stranger, SERVER.public), (ALICE, stranger.public)):
        with pytest.raises(HandshakeFailed) as caught:
            asyncio.run(connect(identity, key))
        assert "key in the address" in caught.value.message
        assert "not allowed there" in caught.value.message
        assert f"underpaintd allow NAME {identity.public_text}" in str(caught.value.hint)


def deliver_to(
    server: Interrupting, cover: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Push with two retries."""
    monkeypatch.setattr("underpaint_client.retrying._FIRST_PAUSE", 0.01)

    async def course() -> None:
        async with (
            serving(server.answers, meets=server.meets) as address,
            Client(address, identity=ALICE, retries=2) as client,
        ):
            await client.push(secret, cover=cover)

    asyncio.run(course())


def test_silence_in_the_middle_of_a_delivery_is_not_its_end(
    cover: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Interrupting(b"")
    deliver_to(server, cover, secret, monkeypatch)
    assert server.connections == 3


def test_silence_that_lasts_is_given_up_after_the_retries(
    cover: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Interrupting(*[b""] * 10)
    with pytest.raises(Unanswered, match="not allowed there"):
        deliver_to(server, cover, secret, monkeypatch)
    assert server.connections == 3


def test_a_false_server_in_the_middle_of_a_delivery_ends_it(
    cover: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    not_genuine = (2048).to_bytes(4, "big") + bytes(2048)
    for sent in (not_genuine, b"\xff" * 64):
        server = Interrupting(sent, sent)
        with pytest.raises(HandshakeFailed) as caught:
            deliver_to(server, cover, secret, monkeypatch)
        assert type(caught.value) is HandshakeFailed
        assert server.connections == 2


def test_nobody_there() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = Address("127.0.0.1", unused.getsockname()[1], SERVER.public)

        async def course() -> None:
            async with Client(address, identity=ALICE):
                pytest.fail("nobody listens")

        with pytest.raises(ConnectionFailed, match=r"cannot reach 127\.0\.0\.1:.*refused"):
            asyncio.run(course())


@pytest.mark.parametrize("banner", [b"SSH-2.0-OpenSSH_9.9\r\n", b"", b"\0" * 4096])
def test_something_else_listens_there(banner: bytes) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(banner)
        with contextlib.suppress(OSError):
            await writer.drain()
        writer.close()

    async def course() -> None:
        server = await asyncio.start_server(greet, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            async with Client(Address("127.0.0.1", port, SERVER.public), identity=ALICE):
                pytest.fail("this is no server of ours")

    with pytest.raises((HandshakeFailed, VersionMismatch)):
        asyncio.run(course())


def test_a_client_is_used_inside_async_with() -> None:
    client = Client(Address("127.0.0.1", 1, SERVER.public), identity=ALICE)
    with pytest.raises(ConnectionFailed, match="not connected"):
        asyncio.run(client.ping())


def test_a_malformed_address_is_a_usage_error() -> None:
    with pytest.raises(UsageError):
        Client("http://example.org/", identity=ALICE)


def push_to(answers: Answers, cover: Path, secret: Path) -> None:
    async def course() -> None:
        async with (
            serving(polite(answers)) as address,
            Client(address, identity=ALICE, retries=0) as client,
        ):
            await client.push(secret, cover=cover)

    asyncio.run(course())


def ping(answers: Answers, *, timeout: float = 10) -> None:
    async def course() -> None:
        async with (
            serving(answers) as address,
            Client(address, identity=ALICE, timeout=timeout) as client,
        ):
            await client.ping()

    asyncio.run(course())
