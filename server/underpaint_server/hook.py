"""`on_received`: the operator's command, run for each received image.

It gets the path as its last argument and JSON on standard input. However it ends, the receipt
was sent before; a failure is logged and harmless, and what it may take is bounded.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal

import msgspec

from underpaint_common.json_output import as_json
from underpaint_server import log
from underpaint_server.catalog import Entry
from underpaint_server.gate import Gate
from underpaint_server.listing import details_of
from underpaint_server.live import Live
from underpaint_server.store import Store

_LONGEST_LINE = 1000


class Hook:
    """Runs the command.

    Parameters
    ----------
    live : Live
        The command, how long it may run, and how often at the same time.
    store : Store
        Tells where an image lies.
    """

    def __init__(self, live: Live, store: Store) -> None:
        self._live = live
        self._store = store
        self._gate = Gate(live.limits().hook_jobs)
        self._runs: set[asyncio.Task[None]] = set()

    def received(self, entry: Entry) -> None:
        """Run the command for an entry, soon."""
        command = self._live.config.on_received
        if not command:
            return
        if len(self._runs) >= _LONGEST_LINE:
            log.event("hook_skipped", logging.WARNING, id=entry.id, waiting=len(self._runs))
            return
        run = asyncio.create_task(self._run(command, entry))
        self._runs.add(run)
        run.add_done_callback(self._runs.discard)

    async def finish(self, seconds: float) -> None:
        """Wait for commands that run, and end those that run on, or never began."""
        if self._runs:
            await asyncio.wait(self._runs, timeout=seconds)
        for run in self._runs:
            run.cancel()
        await asyncio.gather(*self._runs, return_exceptions=True)

    async def _run(self, command: tuple[str, ...], entry: Entry) -> None:
        limits = self._live.limits()
        self._gate.resize(limits.hook_jobs)
        details = details_of(entry, self._store)
        path = details.path or details.stego_path or ""
        told = as_json(msgspec.to_builtins(details)).encode()
        try:
            async with self._gate:
                code = await _call((*command, path), told, limits.hook_timeout)
        except (OSError, TimeoutError) as error:
            _log_failure(entry, reason=f"{type(error).__name__}: {error}".rstrip(": "))
        except asyncio.CancelledError:
            _log_failure(entry, reason="shutting down")
            raise
        else:
            if code:
                _log_failure(entry, exit_code=code)
            else:
                log.event("hook_done", logging.DEBUG, id=entry.id)


def _log_failure(entry: Entry, **why: object) -> None:
    log.event("hook_failed", logging.WARNING, id=entry.id, **why)


async def _call(command: tuple[str, ...], stdin: bytes, seconds: float) -> int:
    """Run a command with its children; return its exit code."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(seconds):
            await process.communicate(stdin)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return process.returncode or 0
