"""Buffers for uploads: bounded, shared fairly, and taken back from who is slow."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from underpaint_common.errors import Refused
from underpaint_common.units import ByteCount, Seconds
from underpaint_server import receive_buffers
from underpaint_server.limits import RECEIVE_BYTES_PER_UPLOAD, Limits
from underpaint_server.receive_buffers import ReceiveBuffers


def limits_for(count: int, *, slow_after: float = 60.0) -> Limits:
    size = ByteCount(count * RECEIVE_BYTES_PER_UPLOAD)
    return Limits(receive_buffers=size, transfer_timeout=Seconds(slow_after))


def buffers_for(count: int, *, slow_after: float = 60.0) -> ReceiveBuffers:
    limits = limits_for(count, slow_after=slow_after)
    return ReceiveBuffers(lambda: limits)


class Uploads:
    """Uploads that go on until they are told to end, or to make way."""

    def __init__(self, buffers: ReceiveBuffers) -> None:
        self.begun: list[str] = []
        self.made_way: list[str] = []
        self._buffers = buffers
        self._ends: dict[str, asyncio.Event] = {}

    def start(self, name: str) -> asyncio.Task[None]:
        """Begin one; the first letter of its name is its client's."""
        self._ends[name] = asyncio.Event()
        return asyncio.create_task(self._receive(name))

    def end(self, name: str) -> None:
        self._ends[name].set()

    async def _receive(self, name: str) -> None:
        def make_way() -> None:
            self.made_way.append(name)
            self.end(name)

        async with self._buffers.of_one_upload(name[0].encode(), make_way):
            self.begun.append(name)
            await self._ends[name].wait()


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def run(scenario: Coroutine[Any, Any, None]) -> None:
    async def within_time() -> None:
        async with asyncio.timeout(30):
            await scenario

    asyncio.run(within_time())


def test_no_more_than_fit_and_who_holds_fewest_is_next() -> None:
    async def scenario() -> None:
        uploads = Uploads(buffers_for(2))
        tasks = [uploads.start(name) for name in ("a1", "a2", "a3", "a4", "b1")]
        await settled()
        assert uploads.begun == ["a1", "a2"]
        for ending, following in (("a1", "b1"), ("b1", "a3"), ("a2", "a4")):
            uploads.end(ending)
            await settled()
            assert uploads.begun[-1] == following
        for name in ("a3", "a4"):
            uploads.end(name)
        await asyncio.gather(*tasks)
        assert uploads.made_way == []

    run(scenario())


def test_the_oldest_of_who_holds_most_makes_way_for_who_holds_fewer() -> None:
    async def scenario() -> None:
        uploads = Uploads(buffers_for(3, slow_after=0.001))
        tasks = [uploads.start(name) for name in ("b1", "a1", "a2")]
        await asyncio.sleep(0.01)
        tasks.append(uploads.start("a3"))  # has its share
        await settled()
        assert uploads.made_way == []
        tasks.append(uploads.start("c1"))
        while "c1" not in uploads.begun:
            await asyncio.sleep(0.01)
        assert uploads.made_way == ["a1"]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run(scenario())


def test_nobody_makes_way_who_has_just_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive_buffers, "_PATIENCE", 0.05)

    async def scenario() -> None:
        uploads = Uploads(buffers_for(1))
        first = uploads.start("a1")
        await settled()
        with pytest.raises(Refused, match="as many uploads as it has buffers for"):
            await uploads.start("b1")
        assert uploads.made_way == []
        uploads.end("a1")
        await first
        third = uploads.start("b2")
        await settled()
        assert uploads.begun == ["a1", "b2"]
        uploads.end("b2")
        await third

    run(scenario())


def test_a_raised_bound_lets_in_who_waits_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive_buffers, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(receive_buffers, "_PATIENCE", 60.0)
    now = [limits_for(1)]

    async def scenario() -> None:
        uploads = Uploads(ReceiveBuffers(lambda: now[-1]))
        tasks = [uploads.start(name) for name in ("a1", "b1", "c1", "d1")]
        await settled()
        assert uploads.begun == ["a1"]
        now.append(limits_for(3))
        while len(uploads.begun) < 3:
            await asyncio.sleep(0.01)
        await settled()
        assert uploads.begun == ["a1", "b1", "c1"]
        for name in ("a1", "b1", "c1", "d1"):
            uploads.end(name)
        await asyncio.gather(*tasks)

    run(scenario())


def test_who_is_cancelled_in_line_or_inside_takes_no_place() -> None:
    async def scenario() -> None:
        uploads = Uploads(buffers_for(1))
        tasks = [uploads.start(name) for name in ("a1", "b1", "c1", "d1")]
        await settled()
        tasks[1].cancel()
        tasks[0].cancel()
        await asyncio.sleep(0)
        tasks[2].cancel()  # may have been let in by the first one's leaving
        while "d1" not in uploads.begun:
            await asyncio.sleep(0.01)
        uploads.end("d1")
        await asyncio.gather(*tasks, return_exceptions=True)

    run(scenario())
