"""What the daemon does all the time besides its connections."""

from __future__ import annotations

import asyncio
import contextlib
from time import perf_counter

from underpaint_server import log, systemd
from underpaint_server.catalog import CatalogFailed
from underpaint_server.inbox import Inbox
from underpaint_server.metrics import Metrics
from underpaint_server.permissions import Permissions
from underpaint_server.spool import Spool
from underpaint_server.workers import Workers

_SWEEP_SECONDS = 60.0
_LAG_SECONDS = 0.02


class Upkeep:
    """The chores, each a coroutine that never ends by itself.

    Parameters
    ----------
    permissions : Permissions
        Who may push, and so may resume.
    spool, inbox : Spool, Inbox
        What is swept, and what is weighed.
    workers : Workers
        The threads.
    metrics : Metrics
        Where lag and sizes are shown.

    Attributes
    ----------
    stored_bytes, free_bytes : int
        What the inbox held, and the disk had free, when last looked at.
    """

    def __init__(
        self,
        permissions: Permissions,
        spool: Spool,
        inbox: Inbox,
        workers: Workers,
        metrics: Metrics,
    ) -> None:
        self.stored_bytes = 0
        self.free_bytes = inbox.free_bytes()
        self._is_due = asyncio.Event()
        self._permissions = permissions
        self._spool = spool
        self._inbox = inbox
        self._workers = workers
        self._metrics = metrics

    async def keep_sweeping(self) -> None:
        """Once a minute remove what can or may not be resumed any more, and look at the sizes."""
        while True:
            self._is_due.clear()
            await self._sweep()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SWEEP_SECONDS):
                    await self._is_due.wait()

    def sweep_soon(self) -> None:
        """Let the next sweep come at once."""
        self._is_due.set()

    async def _sweep(self) -> None:
        try:
            gone = await self._workers.on_file(self._spool.sweep, self._permissions.is_allowed)
            self.stored_bytes, self.free_bytes = await self._workers.on_file(self._inbox.weigh)
        except (OSError, CatalogFailed) as error:
            log.fault("sweep_failed", error)
            return
        if gone:
            log.event("swept", unfinished_uploads=gone)

    async def keep_measuring(self) -> None:
        """Measure how late the event loop comes to what is due."""
        while True:
            due = perf_counter() + _LAG_SECONDS
            await asyncio.sleep(_LAG_SECONDS)
            self._metrics.loop_lag(max(0.0, perf_counter() - due))


async def keep_beating() -> None:
    """Let systemd's watchdog hear that the loop turns."""
    seconds = systemd.heartbeat_seconds()
    while seconds is not None:
        systemd.notify("WATCHDOG=1")
        await asyncio.sleep(seconds)
