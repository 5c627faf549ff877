"""Waiting that cannot be cut short."""

from __future__ import annotations

import asyncio

import pytest

from underpaint_server.waiting import to_its_end


def test_a_result_or_an_error_is_passed_on() -> None:
    async def scenario() -> None:
        assert await to_its_end(asyncio.ensure_future(asyncio.sleep(0, "result"))) == "result"
        failing = asyncio.get_running_loop().create_future()
        failing.set_exception(ZeroDivisionError())
        with pytest.raises(ZeroDivisionError):
            await to_its_end(failing)

    asyncio.run(scenario())


@pytest.mark.parametrize("error", [None, ZeroDivisionError()])
def test_who_is_cancelled_waits_and_is_cancelled_then(error: Exception | None) -> None:
    async def scenario() -> None:
        unseen: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unseen.append(context))
        future = asyncio.get_running_loop().create_future()
        waiting = asyncio.create_task(to_its_end(future))
        for _ in range(3):
            await asyncio.sleep(0)
            waiting.cancel()
        await asyncio.sleep(0)
        assert not waiting.done()
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
        with pytest.raises(asyncio.CancelledError):
            await waiting
        del future
        assert unseen == []

    asyncio.run(scenario())
