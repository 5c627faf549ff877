"""A record that stays half received is told; not while nobody reads."""

from __future__ import annotations

import asyncio
from typing import cast

from underpaint_common.units import Seconds
from underpaint_server.host import Host
from underpaint_server.limits import Limits
from underpaint_server.reading import Reading
from underpaint_server.turns import Turns

SECONDS = 0.05


class Socket:
    """What of a transport is used here."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def is_closing(self) -> bool:
        return False

    def pause_reading(self) -> None:
        self.calls.append("pause")

    def resume_reading(self) -> None:
        self.calls.append("resume")


class OneHost:
    """What of the daemon is used here."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.limits = Limits(transfer_timeout=Seconds(SECONDS))


def begun() -> tuple[Reading, Socket, asyncio.Event]:
    late, socket = asyncio.Event(), Socket()
    reading = Reading(cast("Host", OneHost()), late.set)
    reading.begin(cast("asyncio.Transport", socket))
    return reading, socket, late


def test_a_record_that_does_not_end_is_told_however_steadily_it_comes() -> None:
    async def scenario() -> None:
        reading, _, late = begun()
        while not late.is_set():
            reading.note(True, one_was_whole=False)
            await asyncio.sleep(SECONDS / 20)

    asyncio.run(asyncio.wait_for(scenario(), 60))


def test_whole_records_and_silence_between_them_are_not() -> None:
    async def scenario() -> None:
        reading, _, late = begun()
        for _ in range(10):
            reading.note(True, one_was_whole=True)
            reading.note(False, one_was_whole=False)
        await asyncio.sleep(3 * SECONDS)
        assert not late.is_set()

    asyncio.run(scenario())


def test_while_nobody_reads_no_clock_runs() -> None:
    async def scenario() -> None:
        reading, socket, late = begun()
        reading.note(True, one_was_whole=False)
        reading.pause()
        reading.note(True, one_was_whole=True)  # the rest of what was read before
        await asyncio.sleep(3 * SECONDS)
        assert not late.is_set()
        reading.resume()
        assert socket.calls == ["pause", "resume"]
        await asyncio.wait_for(late.wait(), 60)

    asyncio.run(scenario())


def test_after_each_record_others_have_their_turn() -> None:
    async def scenario() -> None:
        reading, socket, _ = begun()
        reading.note(True, one_was_whole=False)
        assert socket.calls == []
        reading.note(False, one_was_whole=True)
        assert socket.calls == ["pause"]
        await asyncio.sleep(0)
        assert socket.calls == ["pause", "resume"]

    asyncio.run(scenario())


def test_whose_turn_it_is_is_not_read_while_enough_waits() -> None:
    async def scenario() -> None:
        reading, socket, _ = begun()
        reading.note(False, one_was_whole=True)
        reading.pause()
        await asyncio.sleep(0)
        assert socket.calls == ["pause"]
        reading.resume()
        assert socket.calls == ["pause", "resume"]

    asyncio.run(scenario())


def test_a_clock_that_was_stopped_says_nothing() -> None:
    async def scenario() -> None:
        reading, _, late = begun()
        reading.note(True, one_was_whole=False)
        reading.stop_clock()
        await asyncio.sleep(3 * SECONDS)
        assert not late.is_set()

    asyncio.run(scenario())
