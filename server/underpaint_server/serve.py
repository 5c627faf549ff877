"""`underpaintd serve`: put the parts together and run them on the fastest loop there is."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing

from underpaint_common.errors import LocalFileError
from underpaint_server import log
from underpaint_server.allowed import AllowedFile
from underpaint_server.catalog import Catalog
from underpaint_server.config import Config
from underpaint_server.daemon import Daemon
from underpaint_server.inbox import Inbox
from underpaint_server.receive import Receiver
from underpaint_server.spool import Spool
from underpaint_server.state import StateFolder
from underpaint_server.store import FileStore
from underpaint_server.workers import Workers


def serve(config: Config) -> None:
    """Run the daemon until a signal ends it.

    Raises
    ------
    LocalFileError
        The state folder is missing, in use, unwritable, or its key is readable by others.
    UsageError
        The address cannot be listened on.
    """
    log.configure(config.log_level)
    state = StateFolder(config.state)
    identity = state.load_identity()
    state.check_writable()
    with state.locked(), closing(Catalog.open(state.catalog)) as catalog:
        inbox, spool = _recovered(state, catalog)
        workers = Workers(image_jobs=config.limits.image_jobs, file_jobs=config.limits.file_jobs)
        receiver = Receiver(identity, config.limits, spool, inbox, workers)

        async def live() -> None:
            await Daemon(config, identity, AllowedFile(state.allowed), receiver, workers).run()

        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(live())


def _recovered(state: StateFolder, catalog: Catalog) -> tuple[Inbox, Spool]:
    """Open inbox and spool, and settle what an earlier daemon left in the middle."""
    inbox = Inbox(FileStore(state.inbox, state.incoming), catalog)
    spool = Spool(state.spool)
    try:
        settled = inbox.recover()
        spool.clear()
    except (OSError, sqlite3.Error) as error:
        raise LocalFileError(f"cannot recover {state.root}: {error}") from error
    if settled:
        log.event("recovered", secrets=settled)
    return inbox, spool


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return uvloop's where it is installed: it reads into our buffers several times faster."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop
