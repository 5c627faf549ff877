"""Threads for what must not run on the event loop: image work, and waiting for the disk.

Both pools are bounded; work beyond that waits in line. The libraries that do the work
(codecs, ciphers, numpy, file calls) release the interpreter lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Workers:
    """The two pools.

    Parameters
    ----------
    image_jobs, file_jobs : int
        How many jobs of each kind run at the same time.
    """

    def __init__(self, *, image_jobs: int, file_jobs: int) -> None:
        self._images = ThreadPoolExecutor(image_jobs, thread_name_prefix="image")
        self._files = ThreadPoolExecutor(file_jobs, thread_name_prefix="file")
        self._running = 0

    @property
    def running(self) -> int:
        """Jobs handed over and not yet done."""
        return self._running

    async def on_image(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a job that computes."""
        return await self._finish(self._images.submit(job, *args, **kwargs))

    async def on_file(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a job that waits for the disk."""
        return await self._finish(self._files.submit(job, *args, **kwargs))

    def close(self) -> None:
        """Take no more jobs, forget those in line; those running go on."""
        for pool in (self._images, self._files):
            pool.shutdown(wait=False, cancel_futures=True)

    async def _finish(self, job: Future[T]) -> T:
        """Wait for a job; who is cancelled still waits until a running job has ended.

        So nobody cleans up under a thread that is still at work.
        """
        self._running += 1
        waiting = asyncio.wrap_future(job)
        try:
            return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            if not job.cancel():
                await asyncio.wait([waiting])
                waiting.exception()  # has been seen: nobody is left to hear of it
            raise
        finally:
            self._running -= 1
