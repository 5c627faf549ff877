"""A real daemon, killed at random moments while several clients push, and what must hold then."""

from __future__ import annotations

import hashlib
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.end_to_end.daemon.process import DaemonProcess
from tests.torture.clients import TortureClient

from underpaint_server.config import load_config
from underpaint_server.inbox import parts_of
from underpaint_server.opened import opened
from underpaint_server.sqlite_catalog import SqliteCatalog
from underpaint_server.state import StateFolder
from underpaint_server.verifying import verify

CLIENTS = 4
_SHORTEST, _LONGEST = 0.02, 0.6


def torture(folder: Path, rounds: int, seed: int) -> Iterator[int]:
    """Kill a daemon so many times; yield the receipts so far after each round.

    Raises
    ------
    AssertionError
        A promise is broken.
    """
    choices = random.Random(seed)  # noqa: S311 - choices of a test
    daemon = DaemonProcess(folder, {"shutdown_timeout": "0.5 s", "min_free": "1 MiB"})
    identities = [daemon.allow(f"client{number}") for number in range(CLIENTS)]
    address = daemon.start()
    clients = [
        TortureClient(identity, address.server_key, seed + number)
        for number, identity in enumerate(identities)
    ]
    try:
        for _ in range(rounds):
            stop = threading.Event()
            threads = [threading.Thread(target=each.run, args=[address, stop]) for each in clients]
            for thread in threads:
                thread.start()
            stop.wait(choices.uniform(_SHORTEST, _LONGEST))
            daemon.stop(signal.SIGKILL)
            stop.set()
            for thread in threads:
                thread.join()
            check_after_death(daemon.state, clients)
            address = daemon.start()
            check_after_restart(daemon, clients)
            yield sum(len(client.receipts) for client in clients)
    finally:
        daemon.kill()


def check_after_death(state: Path, clients: list[TortureClient]) -> None:
    """See that the catalog opens, every receipt is kept, and nothing half-written is visible."""
    folder = StateFolder(state)
    with closing(SqliteCatalog.open(folder.catalog)) as catalog:
        entries = {entry.id: entry for entry in catalog.entries()}
    for client in clients:
        assert not client.faults, client.faults
        for upload_id, receipt in client.receipts.items():
            entry = entries[receipt.id]
            assert (entry.upload_id, entry.sha256) == (upload_id, receipt.sha256)
            assert _digest(folder.inbox / (entry.place or "")) == receipt.sha256
    by_place = {place: entry for entry in entries.values() for _, place in parts_of(entry)}
    for path in folder.inbox.rglob("*"):
        if path.is_file():
            assert _digest(path) == by_place[str(path.relative_to(folder.inbox))].sha256, path


def check_after_restart(daemon: DaemonProcess, clients: list[TortureClient]) -> None:
    """See that the new daemon settled everything, and that no upload was kept twice."""
    with opened(load_config(daemon.config)) as here:
        assert list(verify(here)) == []
        uploads = [(entry.client_key, entry.upload_id) for entry in here.catalog.entries()]
    assert len(uploads) == len(set(uploads))
    assert list((daemon.state / "incoming").iterdir()) == []
    assert len(uploads) >= sum(len(client.receipts) for client in clients)


def _digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
