"""`underpaintd serve`: put the parts together and run them on the fastest loop there is."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import LocalFileError
from underpaint_server import log
from underpaint_server.allowed import AllowedFile
from underpaint_server.catalog import CatalogFailed
from underpaint_server.config import Config
from underpaint_server.daemon import Daemon
from underpaint_server.extracting import warm_up
from underpaint_server.file_store import FileStore
from underpaint_server.hook import Hook
from underpaint_server.inbox import Inbox
from underpaint_server.live import Live
from underpaint_server.metrics import Metrics
from underpaint_server.open_files import make_room_for
from underpaint_server.permissions import Permissions
from underpaint_server.receive import Receiver
from underpaint_server.slices import ask_for_short_slices
from underpaint_server.spool import Spool
from underpaint_server.sqlite_catalog import SqliteCatalog
from underpaint_server.state import StateFolder
from underpaint_server.store import Store
from underpaint_server.upkeep import Upkeep
from underpaint_server.workers import Workers

# How long a thread may go on computing in Python while the event loop waits to go on.
_SWITCH_SECONDS = 0.001


def serve(config: Config, source: Path | None = None) -> None:
    """Run the daemon until a signal ends it.

    Parameters
    ----------
    config : Config
        How it shall run.
    source : Path, optional
        The file that SIGHUP reads again.

    Raises
    ------
    LocalFileError
        The state folder is missing, in use, unwritable, or its key is readable by others.
    UsageError
        The address cannot be listened on, or the system allows too few open files.
    """
    log.configure(config.log_level, config.log_format)
    sys.setswitchinterval(_SWITCH_SECONDS)
    ask_for_short_slices()  # before there are threads, which inherit it
    make_room_for(config.limits)
    state = StateFolder(config.state)
    identity = state.load_identity()
    state.check_writable()
    with state.locked(), closing(SqliteCatalog.open(state.catalog)) as catalog:
        store = FileStore(state.inbox, state.incoming)
        live = Live(config, source)
        inbox = Inbox(store, catalog, config.keep)
        spool = Spool(state.spool, live.limits)
        _recover(state, inbox, spool)
        warm_up(identity)
        run = _daemon(live, identity, Permissions(AllowedFile(state.allowed)), store, inbox, spool)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(run)


async def _daemon(
    live: Live,
    identity: Identity,
    permissions: Permissions,
    store: Store,
    inbox: Inbox,
    spool: Spool,
) -> None:
    """Put together what lives on the event loop, and run it."""
    workers, metrics, hook = Workers(live.limits()), Metrics(), Hook(live, store)
    upkeep = Upkeep(permissions, spool, inbox, workers, metrics)
    for name, help_, value in (
        ("image_jobs_running", "Images worked on.", lambda: workers.images.inside),
        ("image_jobs_waiting", "Images that wait for their turn.", lambda: workers.images.waiting),
        ("file_jobs_waiting", "Disk work that waits.", lambda: workers.files.waiting),
        ("spool_bytes", "Bytes of unfinished uploads.", lambda: spool.used_bytes),
        ("store_bytes", "Bytes kept, looked at once a minute.", lambda: upkeep.stored_bytes),
        ("store_free_bytes", "Bytes free, looked at as often.", lambda: upkeep.free_bytes),
    ):
        metrics.watch(name, help_, value)
    receiver = Receiver(identity, live.limits, spool, inbox, workers, metrics, hook.received)
    await Daemon(live, identity, permissions, receiver, hook, upkeep, workers, metrics).run()


def _recover(state: StateFolder, inbox: Inbox, spool: Spool) -> None:
    """Settle what an earlier daemon left in the middle."""
    try:
        settled, unfinished = inbox.recover(), spool.count()
    except (OSError, CatalogFailed) as error:
        raise LocalFileError(f"cannot recover {state.root}: {error}") from error
    if settled or unfinished:
        log.event("recovered", secrets=settled, unfinished_uploads=unfinished)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return uvloop's where it is installed: it reads into our buffers several times faster."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop
