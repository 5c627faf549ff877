"""A chore that fails ends the daemon; nothing else about chores does."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from underpaint_common.errors import ExitCode, UnderpaintError
from underpaint_server.chores import Chores


async def fail() -> None:
    raise ZeroDivisionError


def test_a_failure_is_logged_and_ends_the_daemon(events: list[dict[str, Any]]) -> None:
    async def scenario() -> None:
        stopping = asyncio.Event()
        chores = Chores(stopping.set)
        chores.start(permissions=fail(), sweeping=asyncio.sleep(600))
        async with asyncio.timeout(60):
            await stopping.wait()
        chores.cancel()
        assert chores.exit_code is ExitCode.FAULT
        with pytest.raises(UnderpaintError, match=r"permissions.*ZeroDivisionError") as caught:
            chores.raise_failure()
        assert caught.value.exit_code is ExitCode.FAULT

    asyncio.run(scenario())
    assert events == [{"event": "chore_failed", "chore": "permissions"}]


def test_neither_an_end_nor_being_cancelled_is_a_failure(events: list[dict[str, Any]]) -> None:
    async def scenario() -> None:
        stopping = asyncio.Event()
        chores = Chores(stopping.set)
        chores.start(heartbeat=asyncio.sleep(0), sweeping=asyncio.sleep(600))
        await asyncio.sleep(0.01)
        chores.cancel()
        await asyncio.sleep(0.01)
        assert not stopping.is_set()
        assert chores.exit_code is ExitCode.DONE
        chores.raise_failure()

    asyncio.run(scenario())
    assert events == []
