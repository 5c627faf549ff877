"""What is said with one client, and that nothing it does reaches further."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from underpaint_common.errors import ConnectionCut
from underpaint_common.units import Seconds
from underpaint_common.wire import Closed, MessageReceived, Ping, Pong, Push, PushEnd
from underpaint_server import log
from underpaint_server.conversation import converse
from underpaint_server.limits import Limits


class Recorder:
    """Takes uploads as `Receiver` does, and can fail."""

    def __init__(self, error: Exception | None = None) -> None:
        self.taken: list[Push] = []
        self.error = error

    async def receive(self, _connection: Any, push: Push) -> None:
        self.taken.append(push)
        if self.error is not None:
            raise self.error


def conversation(line: Any, receiver: Recorder, **seconds: float) -> Any:
    log.configure("error")
    limits = Limits(**{name: Seconds(value) for name, value in seconds.items()})  # type: ignore[arg-type] # only times are given
    return converse(line.connection, receiver, lambda: limits, asyncio.Event())  # type: ignore[arg-type] # stands in for Receiver


def test_pings_and_pushes_are_answered_in_turn(new_line: Any) -> None:
    async def scenario() -> None:
        line, receiver = new_line(), Recorder()
        line.handshake()
        for message in (Ping(b"1"), Push(bytes(16)), Ping(b"2")):
            line.say(message)
        line.feed(line.client.send_close())
        await conversation(line, receiver)
        assert receiver.taken == [Push(bytes(16))]
        answers = [MessageReceived(Pong(b"1")), MessageReceived(Pong(b"2")), Closed()]
        assert line.events() == answers

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (PushEnd(0, bytes(32)), None),
        (Push(bytes(16)), ConnectionCut("cut")),
        (Push(bytes(16)), ZeroDivisionError("fault")),
    ],
)
def test_what_breaks_one_conversation_ends_it_without_a_word(
    new_line: Any, message: Any, error: Exception | None
) -> None:
    async def scenario() -> None:
        line = new_line()
        line.handshake()
        line.say(message)
        await conversation(line, Recorder(error))
        assert line.events() == []
        assert line.pipe.endings == ["write_eof"]
        line.connection.connection_lost(None)

    asyncio.run(scenario())


def test_silence_ends_it_in_order(new_line: Any) -> None:
    async def scenario() -> None:
        line = new_line()
        line.handshake()
        line.say(Ping())
        await conversation(line, Recorder(), idle_timeout=0.02)
        assert line.events() == [MessageReceived(Pong()), Closed()]
        line.connection.connection_lost(None)

    asyncio.run(scenario())


def test_a_daemon_that_stops_answers_nothing_more(new_line: Any) -> None:
    async def scenario() -> None:
        line, stopping = new_line(), asyncio.Event()
        line.handshake()
        line.say(Ping())
        stopping.set()
        await converse(line.connection, Recorder(), Limits(), stopping)  # type: ignore[arg-type] # stands in for Receiver
        assert line.events() == [Closed()]
        line.connection.connection_lost(None)

    asyncio.run(scenario())
