"""Threads for what must not run on the event loop: image work, and waiting for the disk.

Both kinds are bounded; work beyond that waits in line, and the bounds may change meanwhile.
The libraries that do the work (codecs, ciphers, numpy, file calls) release the interpreter
lock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from underpaint_server.gate import Gate
from underpaint_server.limits import Limits
from underpaint_server.waiting import to_its_end

P = ParamSpec("P")
T = TypeVar("T")

_MOST_THREADS = 1024  # a gate lets through far fewer; a thread is started when needed


class Workers:
    """The two kinds of threads.

    Parameters
    ----------
    limits : Limits
        How many jobs of each kind run at the same time.
    """

    def __init__(self, limits: Limits) -> None:
        self.images = Gate(limits.image_jobs)
        self.files = Gate(limits.file_jobs)
        self._image_threads = ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="image")
        self._file_threads = ThreadPoolExecutor(_MOST_THREADS, thread_name_prefix="file")

    @property
    def running(self) -> int:
        """Jobs that are running now."""
        return self.images.inside + self.files.inside

    def resize(self, limits: Limits) -> None:
        """Obey new bounds; what runs already goes on."""
        self.images.resize(limits.image_jobs)
        self.files.resize(limits.file_jobs)

    async def on_image(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a job that computes."""
        async with self.images:
            return await _end_of(self._image_threads.submit(job, *args, **kwargs))

    async def on_file(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a job that waits for the disk."""
        async with self.files:
            return await _end_of(self._file_threads.submit(job, *args, **kwargs))

    def close(self) -> None:
        """Take no more jobs; those running go on."""
        for threads in (self._image_threads, self._file_threads):
            threads.shutdown(wait=False, cancel_futures=True)


async def _end_of(job: Future[T]) -> T:
    """Wait for a job; who is cancelled waits too, lest it clean up under a thread at work."""
    return await to_its_end(asyncio.wrap_future(job))
