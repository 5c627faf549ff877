"""The daemon's chores: sweeping comes once a minute, and at once where somebody asks for it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from underpaint_server.limits import Limits
from underpaint_server.upkeep import Upkeep
from underpaint_server.workers import Workers

PATIENCE = 60.0


class Folders:
    """Spool, inbox and permissions at once, which count how often they are asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.sweeps = 0
        self.error = error
        self.asks: Callable[[], object] = lambda: None

    def is_allowed(self, _key: bytes) -> bool:
        return True

    def free_bytes(self) -> int:
        return 7

    def sweep(self, _is_allowed: object) -> int:
        self.sweeps += 1
        if self.sweeps < 4:
            self.asks()
        if self.error is not None:
            raise self.error
        return 0

    def weigh(self) -> tuple[int, int]:
        return 3, 5


@contextlib.asynccontextmanager
async def sweeping(folders: Any) -> Any:
    workers: Any = Workers(Limits())
    upkeep = Upkeep(folders, folders, folders, workers, folders)
    chore = asyncio.create_task(upkeep.keep_sweeping())
    try:
        yield upkeep
    finally:
        chore.cancel()
        await asyncio.wait([chore])
        workers.close()


async def until(folders: Folders, sweeps: int) -> None:
    async with asyncio.timeout(PATIENCE / 2):
        while folders.sweeps < sweeps:
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("error", [None, OSError("the disk is gone")])
def test_who_asks_need_not_wait_a_minute(error: Exception | None) -> None:
    async def ask() -> None:
        folders = Folders(error)
        async with sweeping(folders) as upkeep:
            await until(folders, 1)
            for wanted in (2, 3):
                upkeep.sweep_soon()
                await until(folders, wanted)

    asyncio.run(ask())


def test_sizes_are_looked_at() -> None:
    async def look() -> None:
        folders = Folders()
        async with sweeping(folders) as upkeep:
            assert upkeep.free_bytes == 7
            async with asyncio.timeout(PATIENCE):
                while upkeep.stored_bytes != 3:
                    await asyncio.sleep(0.001)
            assert upkeep.free_bytes == 5

    asyncio.run(look())


def test_who_asks_during_a_sweep_gets_another_one() -> None:
    async def ask() -> None:
        folders = Folders()
        async with sweeping(folders) as upkeep:
            loop = asyncio.get_running_loop()
            folders.asks = lambda: loop.call_soon_threadsafe(upkeep.sweep_soon)
            upkeep.sweep_soon()
            await until(folders, 4)

    asyncio.run(ask())
