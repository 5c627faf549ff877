"""The asyncio shell by itself: flow control, waiting, and the end of a connection."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from underpaint_client.connection import Connection
from underpaint_client.link import Link
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionFailed, HandshakeFailed
from underpaint_common.wire import Outgoing, Ping, Push, Session

CLIENT, SERVER = Identity.generate(), Identity.generate()


class Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.aborted = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None:
        self.aborted = True

    def is_closing(self) -> bool:
        return self.aborted


def feed(session: Session | Connection, data: bytes) -> Any:
    view = session.get_buffer(-1)
    view[: len(data)] = data
    return session.buffer_updated(len(data))


def established(timeout: float = 5.0) -> tuple[Connection, Wire]:
    link = Link(Session.initiator(CLIENT, SERVER.public), "example:7741")
    connection = Connection(link, timeout=timeout)
    wire = Wire()
    connection.connection_made(wire)
    responder = Session.responder(SERVER, lambda key: key == CLIENT.public)
    for event in feed(responder, wire.written.pop()):
        if isinstance(event, Outgoing):
            feed(connection, event.data)
    return connection, wire


def within(course: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(course, 30))


def test_writing_waits_while_the_transport_is_full() -> None:
    async def course() -> None:
        connection, wire = established(timeout=60)
        await connection.send_message(Push(upload_id=bytes(16)))
        connection.pause_writing()
        sending = asyncio.create_task(connection.send_data(bytes(1 << 20)))
        await asyncio.sleep(0.05)
        assert len(wire.written) == 1
        connection.resume_writing()
        await sending
        assert sum(map(len, wire.written)) > 1 << 20

    within(course())


def test_a_peer_that_never_reads_is_given_up() -> None:
    async def course() -> None:
        connection, wire = established(timeout=0.05)
        connection.pause_writing()
        with pytest.raises(ConnectionFailed, match=r"did not answer within 0\.05 s"):
            await connection.send_message(Ping(token=b""))
        assert wire.aborted

    within(course())


def test_whoever_waits_hears_of_the_end() -> None:
    async def course() -> None:
        connection, _ = established()
        waiting = asyncio.create_task(connection.receive())
        await asyncio.sleep(0)
        connection.connection_lost(ConnectionResetError("reset by peer"))
        with pytest.raises(ConnectionFailed, match="reset by peer"):
            await waiting
        with pytest.raises(ConnectionFailed, match="reset by peer"):
            await connection.send_message(Ping(token=b""))
        await connection.close()

    within(course())


def test_bytes_that_break_the_protocol_end_the_connection() -> None:
    async def course() -> None:
        connection, wire = established()
        feed(connection, b"\xff" * 64)
        assert wire.aborted
        with pytest.raises(ConnectionFailed):
            await connection.receive()

    within(course())


def test_an_end_amid_the_handshake_is_a_failed_handshake() -> None:
    async def course() -> None:
        link = Link(Session.initiator(CLIENT, SERVER.public), "example:7741")
        connection = Connection(link, timeout=5)
        connection.connection_made(Wire())
        connection.eof_received()
        with pytest.raises(HandshakeFailed):
            await connection.wait_established()

    within(course())
