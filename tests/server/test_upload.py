"""An upload as the daemon reads it off a connection."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import pytest

from underpaint_common.errors import ConnectionCut, ProtocolError, Refused
from underpaint_common.units import ByteCount, Seconds
from underpaint_common.wire import (
    NOTHING_SHA256,
    MessageReceived,
    Ping,
    Push,
    PushAccepted,
    PushEnd,
)
from underpaint_server.limits import Limits
from underpaint_server.upload import ANEW, Upload

LIMITS = Limits(upload_bytes=ByteCount(1000), transfer_timeout=Seconds(0.05))


async def opened(new_line: Any) -> tuple[Any, Upload]:
    line = new_line()
    line.handshake()
    line.say(Push(bytes(16)))
    await line.connection.receive()
    upload = Upload(line.connection, bytes(16), LIMITS)
    await upload.accept(0, NOTHING_SHA256)
    assert line.events() == [MessageReceived(PushAccepted(0))]
    return line, upload


def send(line: Any, data: bytes, *, end: bool = True) -> None:
    for record in line.client.send_data(data):
        line.feed(bytes(record))
    if end:
        line.say(PushEnd(len(data), hashlib.sha256(data).digest()))


def test_bytes_come_until_the_end_and_are_compared(new_line: Any) -> None:
    async def scenario() -> None:
        line, upload = await opened(new_line)
        send(line, b"image")
        assert await upload.next_chunk() == b"image"
        assert await upload.next_chunk() is None
        upload.check(5, hashlib.sha256(b"image").digest())
        for length, content in [(4, b"image"), (5, b"other")]:
            with pytest.raises(Refused, match="announced"):
                upload.check(length, hashlib.sha256(content).digest())
        assert upload.fields()["stego_bytes"] == 5
        await upload.skip()

    asyncio.run(scenario())


def test_too_much_is_refused_and_the_rest_passed_over(new_line: Any) -> None:
    async def scenario() -> None:
        line, upload = await opened(new_line)
        send(line, bytes(1001), end=False)
        with pytest.raises(Refused) as caught:
            await upload.next_chunk()
        assert caught.value.code == "too_large"
        send(line, bytes(100))
        line.say(Ping(b"next"))
        await upload.skip()
        assert await line.connection.receive() == Ping(b"next")

    asyncio.run(scenario())


def test_who_never_stops_after_a_refusal_breaks_the_protocol(new_line: Any) -> None:
    async def scenario() -> None:
        line, upload = await opened(new_line)
        send(line, bytes(2001), end=False)
        with pytest.raises(ProtocolError, match="goes on sending"):
            await upload.skip()

    asyncio.run(scenario())


def test_the_connections_end_in_the_middle_is_a_cut(new_line: Any) -> None:
    async def scenario() -> None:
        line, upload = await opened(new_line)
        line.feed(line.client.send_close())
        with pytest.raises(ConnectionCut):
            await upload.next_chunk()

    asyncio.run(scenario())


def test_another_message_in_the_middle_breaks_the_protocol(new_line: Any) -> None:
    async def scenario() -> None:
        line, upload = await opened(new_line)
        line.say(Ping())
        with pytest.raises(ProtocolError, match="in the middle"):
            await upload.next_chunk()

    asyncio.run(scenario())


def test_standing_still_is_given_up(new_line: Any) -> None:
    async def scenario() -> None:
        _, upload = await opened(new_line)
        with pytest.raises(ProtocolError, match="stood still"):
            await upload.next_chunk()

    asyncio.run(scenario())


def test_a_client_with_another_image_begins_anew_once_and_before_any_byte(new_line: Any) -> None:
    async def scenario() -> None:
        line, upload = await opened(new_line)
        line.say(Push(bytes(16), anew=True))
        assert await upload.next_chunk() is ANEW
        await upload.accept(0, NOTHING_SHA256)
        send(line, b"image", end=False)
        line.say(Push(bytes(16), anew=True))
        assert await upload.next_chunk() == b"image"
        with pytest.raises(ProtocolError, match="in the middle"):
            await upload.next_chunk()

    asyncio.run(scenario())


def test_resumed_bytes_count(new_line: Any) -> None:
    async def scenario() -> None:
        line, upload = await opened(new_line)
        await upload.accept(990, bytes(32))
        send(line, bytes(11), end=False)
        with pytest.raises(Refused, match="larger"):
            await upload.next_chunk()

    asyncio.run(scenario())
