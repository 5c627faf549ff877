"""A connection by itself: whom it believes, what it says, and how it ends."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from typing import Any

import pytest

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionCut, ProtocolError
from underpaint_common.wire import (
    MAX_RECORD,
    PREAMBLE,
    Closed,
    MessageReceived,
    Ping,
    Pong,
    Push,
    PushEnd,
    Session,
)


def test_a_client_is_known_by_its_first_record_alone(new_line: Any) -> None:
    async def scenario() -> None:
        line = new_line()
        line.handshake()
        assert line.heard == ["joined"]
        line.say(Ping(b"1"))
        assert line.heard == ["joined", "authenticated"]
        assert line.connection.peer == line.identity.public
        assert await line.connection.receive() == Ping(b"1")
        await line.connection.send(Pong(b"1"))
        assert line.events() == [MessageReceived(Pong(b"1"))]

    asyncio.run(scenario())


@pytest.mark.parametrize("opening", [b"GET / HTTP/1.1\r\n\r\n", PREAMBLE + bytes(4)])
def test_strangers_hear_nothing_until_their_time_is_up(new_line: Any, opening: bytes) -> None:
    async def scenario() -> None:
        line = new_line(handshake_timeout=0.05)
        line.feed(opening)
        line.feed(bytes(100_000))
        assert line.connection.eof_received()
        assert line.heard == ["joined", "failed: ProtocolError"]
        assert (line.pipe.written, line.pipe.calls) == (b"", [])
        while not line.pipe.calls:
            await asyncio.sleep(0.01)
        assert (line.pipe.written, line.pipe.calls) == (b"", ["close"])

    asyncio.run(scenario())


def _of_somebody_else(line: Any) -> bytes:
    return Session.initiator(Identity.generate(), line.client.peer).start()


STRANGERS: dict[str, Callable[[Any], bytes]] = {
    "nothing": lambda _line: b"",
    "garbage": lambda _line: b"GET / HTTP/1.1\r\n\r\n",
    "a preamble": lambda _line: PREAMBLE,
    "no record": lambda _line: PREAMBLE + bytes(4),
    "a long record": lambda _line: PREAMBLE + b"\xff" * 4,
    "somebody else": _of_somebody_else,
    "an unknown invitation": lambda line: Session.initiator(
        line.identity, line.client.peer, invitation_token=bytes(32)
    ).start(),
    "message 1": lambda line: line.client.start(),
    "message 1 and no record of its sender": lambda line: line.client.start() + bytes(52),
}


@pytest.mark.parametrize("goes_on", [b"", bytes(100_000)], ids=["then nothing", "then more"])
@pytest.mark.parametrize("half_closed", [False, True], ids=["open", "half closed"])
@pytest.mark.parametrize("opening", STRANGERS.values(), ids=STRANGERS)
def test_the_moment_of_a_strangers_end_is_set_at_accept_and_never_moves(
    new_line: Any, opening: Callable[[Any], bytes], half_closed: bool, goes_on: bytes
) -> None:
    async def scenario() -> None:
        line = new_line(handshake_timeout=60)
        timer = line.connection._timer
        moment = timer.when()
        line.feed(opening(line) + goes_on)
        if half_closed:
            assert line.connection.eof_received()
        assert line.connection._timer is timer
        assert (timer.when(), timer.cancelled(), line.pipe.endings) == (moment, False, [])
        assert "authenticated" not in line.heard
        line.connection.connection_lost(None)

    asyncio.run(scenario())


@pytest.mark.parametrize("how", ["time", "lost", "driven out"])
def test_who_does_not_authenticate_has_failed_once(new_line: Any, how: str) -> None:
    async def scenario() -> None:
        line = new_line(handshake_timeout=0.02 if how == "time" else 60)
        line.handshake()  # a recording of message 1 comes as far as this
        if how == "time":
            while not line.pipe.calls:
                await asyncio.sleep(0.01)
        elif how == "driven out":
            line.connection.give_up("others came")
        line.connection.connection_lost(ConnectionResetError() if how == "lost" else None)
        assert [each for each in line.heard if "failed" in each] == ["failed: ConnectionCut"]

    asyncio.run(scenario())


def test_a_client_that_goes_has_not_failed(new_line: Any) -> None:
    async def scenario() -> None:
        line = new_line()
        line.handshake()
        line.say(Ping())
        line.connection.give_up("too late for that")
        line.connection.connection_lost(None)
        assert line.heard == ["joined", "authenticated", "parting", "left"]

    asyncio.run(scenario())


def test_who_says_nothing_gets_a_fin_and_only_then_an_end(
    new_line: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("underpaint_server.connection._LINGER_SECONDS", 0.05)

    async def scenario() -> None:
        line = new_line(handshake_timeout=0.02)
        while "abort" not in line.pipe.calls:
            await asyncio.sleep(0.01)
        assert line.pipe.endings == ["write_eof", "abort"]

    asyncio.run(scenario())


def test_another_version_is_answered_with_ours_at_once(new_line: Any) -> None:
    async def scenario() -> None:
        line = new_line()
        line.feed(PREAMBLE[:-1] + b"\xff")
        assert line.pipe.written == PREAMBLE
        assert line.pipe.endings == ["write_eof"]
        line.connection.connection_lost(None)

    asyncio.run(scenario())


def test_finishing_says_a_last_word_and_closes_in_order(new_line: Any) -> None:
    async def scenario() -> None:
        line = new_line()
        line.handshake()
        line.say(Ping())
        line.connection.finish(last_word=Pong(b"last"))
        line.connection.finish()
        assert line.events() == [MessageReceived(Pong(b"last")), Closed()]
        assert line.pipe.endings == ["write_eof"]
        line.feed(b"what comes now is thrown away")
        assert not line.connection.eof_received()
        line.connection.connection_lost(None)
        assert await line.connection.receive() is None

    asyncio.run(scenario())


def test_a_peer_that_has_reset_its_connection_is_dropped_like_any_other(
    new_line: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_connected() -> None:
        raise OSError(errno.ENOTCONN, "not connected")

    async def scenario() -> None:
        line = new_line()
        monkeypatch.setattr(line.pipe, "write_eof", not_connected)
        line.connection.drop()
        line.connection.connection_lost(ConnectionResetError())
        assert line.heard[-2:] == ["parting", "left"]

    asyncio.run(scenario())


def test_a_client_that_closes_in_order_is_no_failure(new_line: Any) -> None:
    async def scenario() -> None:
        line = new_line()
        line.handshake()
        line.say(Ping())
        line.feed(line.client.send_close())
        assert line.connection.eof_received()
        assert await line.connection.receive() == Ping()
        assert await line.connection.receive() is None
        line.connection.finish()
        assert line.events() == [Closed()]
        assert line.pipe.endings == ["close"]

    asyncio.run(scenario())


@pytest.mark.parametrize("how", ["garbage", "end of stream", "lost"])
def test_a_broken_connection_is_told_to_who_waits(new_line: Any, how: str) -> None:
    async def scenario() -> None:
        line = new_line()
        line.handshake()
        line.say(Push(bytes(16)))
        assert await line.connection.receive() == Push(bytes(16))
        waiting = asyncio.create_task(line.connection.receive())
        await asyncio.sleep(0)
        if how == "garbage":
            line.feed(b"\x00\x00\x00\x40" + bytes(64))
        elif how == "end of stream":
            line.connection.eof_received()
        else:
            line.connection.connection_lost(ConnectionResetError())
        with pytest.raises(ProtocolError if how == "garbage" else ConnectionCut):
            await waiting
        with pytest.raises(ProtocolError):
            await line.connection.send(Pong())
        assert bytes(line.pipe.written) == b""
        line.connection.connection_lost(None)

    asyncio.run(scenario())


def test_a_fast_sender_is_paused_until_its_bytes_are_taken(new_line: Any) -> None:
    async def scenario() -> None:
        line = new_line()
        line.handshake()
        line.say(Push(bytes(16)))
        line.connection.expect_data(MAX_RECORD)
        for record in line.client.send_data(bytes(3 << 20)):
            line.feed(bytes(record))
        assert line.pipe.calls == ["pause_reading"]
        assert await line.connection.receive() == Push(bytes(16))
        assert await line.connection.receive() == bytes(3 << 20)
        await asyncio.sleep(0)
        assert line.pipe.calls == ["pause_reading", "resume_reading"]
        line.connection.connection_lost(None)

    asyncio.run(scenario())


def test_data_that_nobody_asked_for_is_not_held(new_line: Any) -> None:
    async def scenario() -> None:
        line = new_line()
        line.handshake()
        line.say(Push(bytes(16)))
        line.connection.expect_data(MAX_RECORD)
        line.say(PushEnd(0, bytes(32)))
        for record in line.client.send_data(b"more"):
            line.feed(bytes(record))
        for _ in range(2):
            await line.connection.receive()
        with pytest.raises(ProtocolError, match="nobody asked for"):
            await line.connection.receive()
        line.connection.connection_lost(None)

    asyncio.run(scenario())


def test_who_does_not_read_is_given_up(new_line: Any) -> None:
    async def scenario() -> None:
        line = new_line(transfer_timeout=0.02)
        line.handshake()
        line.say(Ping())
        line.connection.pause_writing()
        with pytest.raises(ProtocolError, match="does not read"):
            await line.connection.send(Pong())
        line.connection.resume_writing()
        await line.connection.send(Pong())
        line.connection.connection_lost(None)

    asyncio.run(scenario())
