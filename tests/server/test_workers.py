"""The thread pools, and that nobody cleans up under a running job."""

from __future__ import annotations

import asyncio
import threading

import pytest

from underpaint_server.limits import Limits
from underpaint_server.workers import Workers


def test_jobs_run_in_their_own_threads() -> None:
    async def scenario() -> None:
        workers = Workers(Limits(image_jobs=1, file_jobs=1))
        assert (await workers.on_image(threading.current_thread)).name.startswith("image")
        assert (await workers.on_file(threading.current_thread)).name.startswith("file")
        with pytest.raises(ZeroDivisionError):
            await workers.on_file(divmod, 1, 0)
        assert workers.running == 0
        workers.close()

    asyncio.run(scenario())


@pytest.mark.parametrize("times", [1, 3])
def test_who_is_cancelled_waits_for_the_running_job(times: int) -> None:
    started, may_end = threading.Event(), threading.Event()
    steps: list[str] = []

    def job() -> None:
        started.set()
        may_end.wait(30)
        steps.append("job done")

    async def client(workers: Workers) -> None:
        try:
            await workers.on_image(job)
        finally:
            steps.append("cleaned up")

    async def scenario() -> None:
        workers = Workers(Limits(image_jobs=1, file_jobs=1))
        task = asyncio.create_task(client(workers))
        await asyncio.to_thread(started.wait, 30)
        for _ in range(times):  # revoked, and then comes SIGTERM
            task.cancel()
            await asyncio.sleep(0.05)
        assert workers.running == 1
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        workers.close()

    asyncio.run(scenario())
    assert steps == ["job done", "cleaned up"]


def test_a_job_in_line_is_forgotten_when_its_client_goes() -> None:
    may_end, ran = threading.Event(), threading.Event()

    async def scenario() -> None:
        workers = Workers(Limits(image_jobs=1, file_jobs=1))
        first = asyncio.create_task(workers.on_image(may_end.wait, 30))
        second = asyncio.create_task(workers.on_image(ran.set))
        await asyncio.sleep(0.05)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        may_end.set()
        assert await first
        workers.close()

    asyncio.run(scenario())
    assert not ran.is_set()
