"""A connection between two sessions with nothing but Python between them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionFailed
from underpaint_common.units import Seconds
from underpaint_common.wire import ClientMessage, Event, Session
from underpaint_server.connection import Connection
from underpaint_server.limits import Limits
from underpaint_server.log import LOGGER
from underpaint_server.turns import Turns


class Pipe(asyncio.Transport):
    """What the event loop would be: it keeps what is written and notes what is asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.calls: list[str] = []

    @property
    def endings(self) -> list[str]:
        """Return the calls that end something, without the pauses in reading."""
        return [call for call in self.calls if not call.endswith("_reading")]

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("192.0.2.1", 5) if name == "peername" else default

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return bool({"close", "abort"} & set(self.calls))

    def write_eof(self) -> None:
        self.calls.append("write_eof")

    def close(self) -> None:
        self.calls.append("close")

    def abort(self) -> None:
        self.calls.append("abort")

    def pause_reading(self) -> None:
        self.calls.append("pause_reading")

    def resume_reading(self) -> None:
        self.calls.append("resume_reading")


class Line:
    """A server's connection, a client's session, and the host that hears of both."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.turns = Turns()
        self.heard: list[str] = []
        server, self.identity = Identity.generate(), Identity.generate()
        self.client = Session.initiator(self.identity, server.public)
        self.connection = Connection(
            Session.responder(server, self.identity.public.__eq__), self, "c1"
        )
        self.pipe = Pipe()
        self.connection.connection_made(self.pipe)

    def joined(self, _connection: Connection) -> None:
        self.heard.append("joined")

    def authenticated(self, connection: Connection) -> None:
        self.heard.append("authenticated")
        connection.client = "alice"

    def failed(self, _connection: Connection, error: ConnectionFailed) -> None:
        self.heard.append(f"failed: {type(error).__name__}")

    def parting(self, _connection: Connection) -> None:
        self.heard.append("parting")

    def left(self, _connection: Connection) -> None:
        self.heard.append("left")

    def feed(self, data: bytes) -> None:
        """Bring bytes to the server as the event loop does."""
        while data:
            buffer = self.connection.get_buffer(-1)
            count = min(len(buffer), len(data))
            buffer[:count] = data[:count]
            self.connection.buffer_updated(count)
            data = data[count:]

    def events(self) -> list[Event]:
        """Return what the client's session makes of what the server wrote."""
        data, found = bytes(self.pipe.written), cast("list[Event]", [])
        self.pipe.written.clear()
        while data:
            buffer = self.client.get_buffer()
            count = min(len(buffer), len(data))
            buffer[:count] = data[:count]
            found += self.client.buffer_updated(count)
            data = data[count:]
        return found

    def say(self, message: ClientMessage) -> None:
        self.feed(self.client.send_message(message))

    def handshake(self) -> None:
        self.feed(self.client.start())
        self.events()


@pytest.fixture
def new_line() -> Callable[..., Line]:
    """Return a function that opens a line; to be called inside a running event loop."""

    def make(**seconds: float) -> Line:
        return Line(Limits(**{name: Seconds(value) for name, value in seconds.items()}))

    return make


class Listening(logging.Handler):
    """Keeps the events of the log."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append({"event": record.getMessage(), **getattr(record, "fields", {})})


@pytest.fixture
def events() -> Iterator[list[dict[str, Any]]]:
    """Return what is logged while the test runs, in order."""
    listening, level = Listening(), LOGGER.level
    LOGGER.addHandler(listening)
    LOGGER.setLevel(logging.DEBUG)
    yield listening.heard
    LOGGER.setLevel(level)
    LOGGER.removeHandler(listening)
