"""What waits between the event loop and the coroutine that takes it."""

from __future__ import annotations

import asyncio

import pytest

from underpaint_common.errors import ConnectionCut
from underpaint_common.wire import Ping
from underpaint_server.inflow import Inflow


class Reading:
    """Whether the socket is read."""

    def __init__(self) -> None:
        self.changes: list[str] = []
        self.inflow = Inflow(
            lambda: self.changes.append("pause"), lambda: self.changes.append("on")
        )


def test_items_come_in_order_and_data_is_joined() -> None:
    async def scenario() -> None:
        inflow = Reading().inflow
        inflow.add(Ping(b"1"))
        source = bytearray(b"ab")
        inflow.add_data(memoryview(source))
        source[:] = b"xx"  # the session reuses its buffer
        inflow.add_data(memoryview(b"cd"))
        inflow.add(Ping(b"2"))
        inflow.end()
        assert [await inflow.take() for _ in range(4)] == [Ping(b"1"), b"abcd", Ping(b"2"), None]

    asyncio.run(scenario())


def test_much_that_waits_pauses_the_peer_and_taking_it_goes_on() -> None:
    async def scenario() -> None:
        reading = Reading()
        for _ in range(8):
            reading.inflow.add_data(memoryview(bytes(1 << 18)))
        assert reading.changes == ["pause"]
        assert len(await reading.inflow.take() or b"") == 8 << 18
        assert reading.changes == ["pause", "on"]

    asyncio.run(scenario())


def test_many_tiny_pieces_of_data_pause_the_peer_too() -> None:
    async def scenario() -> None:
        reading = Reading()
        for _ in range(100):
            reading.inflow.add_data(memoryview(b"x"))
        assert reading.changes == ["pause"]
        assert await reading.inflow.take() == b"x" * 100
        assert reading.changes == ["pause", "on"]

    asyncio.run(scenario())


def test_many_small_messages_pause_the_peer_too() -> None:
    async def scenario() -> None:
        reading = Reading()
        for _ in range(300):
            reading.inflow.add(Ping())
        assert reading.changes == ["pause"]
        for _ in range(300):
            await reading.inflow.take()
        assert reading.changes == ["pause", "on"]

    asyncio.run(scenario())


def test_a_failure_comes_after_what_was_received() -> None:
    async def scenario() -> None:
        inflow = Reading().inflow
        inflow.add(Ping(b"1"))
        inflow.fail(ConnectionCut("cut"))
        inflow.fail(ConnectionCut("later"))
        assert await inflow.take() == Ping(b"1")
        with pytest.raises(ConnectionCut, match=r"^cut"):
            await inflow.take()

    asyncio.run(scenario())


def test_after_an_orderly_end_there_is_no_failure() -> None:
    async def scenario() -> None:
        inflow = Reading().inflow
        inflow.add(Ping())
        inflow.end(forget=True)
        inflow.fail(ConnectionCut("cut"))
        assert await inflow.take() is None

    asyncio.run(scenario())


def test_who_waits_is_woken() -> None:
    async def scenario() -> None:
        inflow = Reading().inflow
        taking = asyncio.create_task(inflow.take())
        await asyncio.sleep(0)
        inflow.add(Ping(b"x"))
        assert await taking == Ping(b"x")

    asyncio.run(scenario())
