"""What was kept is told, logged and counted, whatever becomes of who sent it."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.server.uploading import UPLOAD, Sender, until

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionCut
from underpaint_common.units import ByteCount
from underpaint_common.wire import Push, PushEnd, Receipt
from underpaint_server.arrival import Arrival
from underpaint_server.catalog import Entry
from underpaint_server.file_store import FileStore
from underpaint_server.inbox import Inbox
from underpaint_server.limits import Limits
from underpaint_server.metrics import Metrics
from underpaint_server.receive import Receiver
from underpaint_server.spool import Spool
from underpaint_server.sqlite_catalog import SqliteCatalog
from underpaint_server.state import StateFolder
from underpaint_server.workers import Workers

STEGO = b"the stego image"
SECRET = SimpleNamespace(
    name="cat.png", media_type="image/png", data=b"x", sha256=hashlib.sha256(b"x").digest()
)
LIMITS = Limits(min_free=ByteCount(1), image_jobs=1)


class Slow:
    """A job that has done its work, and ends when it may."""

    def __init__(self, job: Callable[..., Any]) -> None:
        self._job = job
        self.done, self.may_end = threading.Event(), threading.Event()

    def __call__(self, *args: Any) -> Any:
        result = self._job(*args)
        self.done.set()
        self.may_end.wait(60)
        return result

    async def cancel_meanwhile(self, task: asyncio.Task[None]) -> None:
        await until(self.done.is_set)
        task.cancel()
        await asyncio.sleep(0.01)
        self.may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task


class Here:
    """A receiver over real files, and what it tells."""

    def __init__(self, folder: Path, catalog: SqliteCatalog) -> None:
        state = StateFolder(folder)
        self.inbox = Inbox(FileStore(state.inbox, state.incoming), catalog)
        self.spool = Spool(state.spool, lambda: LIMITS)
        self.metrics = Metrics()
        self.told: list[Entry] = []

    def push(self, workers: Workers, sender: Any) -> asyncio.Task[None]:
        receiver = Receiver(
            Identity.generate(),
            lambda: LIMITS,
            self.spool,
            self.inbox,
            workers,
            self.metrics,
            self.told.append,
        )
        sender.say(bytearray(STEGO), PushEnd(len(STEGO), hashlib.sha256(STEGO).digest()))
        return asyncio.create_task(receiver.receive(sender, Push(UPLOAD)))

    def count(self, result: str) -> float:
        line = f'underpaint_uploads_total{{result="{result}"}} '
        text = self.metrics.text().decode()
        return float(next(each for each in text.splitlines() if each.startswith(line)).split()[1])


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Here]:
    monkeypatch.setattr("underpaint_server.receive.extract", lambda *_: SECRET)
    state = StateFolder(tmp_path)
    state.make_folders()
    with closing(SqliteCatalog.open(state.catalog)) as catalog:
        yield Here(tmp_path, catalog)


def names(events: list[dict[str, Any]]) -> list[str]:
    return [each["event"] for each in events]


def test_what_is_kept_while_its_client_is_cut_off_is_told(
    here: Here, events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep: Callable[[Arrival], Entry] = here.inbox.keep
    slow = Slow(keep)
    monkeypatch.setattr(here.inbox, "keep", slow)

    async def scenario() -> None:
        workers, sender = Workers(LIMITS), Sender()
        await slow.cancel_meanwhile(here.push(workers, Sender()))
        assert (len(here.told), names(events), here.count("kept")) == (1, ["kept"], 1)
        assert here.spool.sizes() == []
        await here.push(workers, sender)  # allowed again, it asks for its receipt
        assert isinstance(sender.heard[-1], Receipt)
        assert (len(here.told), names(events), here.count("kept")) == (1, ["kept", "again"], 1)
        workers.close()

    asyncio.run(scenario())


def test_of_what_is_not_kept_when_its_client_is_cut_off_nothing_is_told(
    here: Here, events: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(lambda *_: SECRET)
    monkeypatch.setattr("underpaint_server.receive.extract", slow)

    async def scenario() -> None:
        workers = Workers(LIMITS)
        await slow.cancel_meanwhile(here.push(workers, Sender()))
        workers.close()

    asyncio.run(scenario())
    assert (here.told, names(events), here.count("kept")) == ([], [], 0)
    assert here.spool.sizes() == [len(STEGO)]  # it can be resumed


def test_what_is_kept_is_told_after_its_receipt_even_one_that_is_lost(
    here: Here, events: list[dict[str, Any]]
) -> None:
    class Lost(Sender):
        async def send(self, message: Any) -> None:
            if isinstance(message, Receipt):
                assert here.told == []
                raise ConnectionCut("it went away")

    async def scenario() -> None:
        workers = Workers(LIMITS)
        with pytest.raises(ConnectionCut):
            await here.push(workers, Lost())
        workers.close()

    asyncio.run(scenario())
    assert (len(here.told), names(events), here.count("kept")) == (1, ["kept"], 1)
