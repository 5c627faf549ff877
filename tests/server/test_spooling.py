"""Files of the spool are let go in order, whenever their upload ends."""

from __future__ import annotations

import asyncio
import errno
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.server.uploading import ALICE, UPLOAD, Sender, resumed, until

from underpaint_common.errors import ConnectionCut
from underpaint_common.units import ByteCount
from underpaint_server.limits import Limits
from underpaint_server.metrics import Metrics
from underpaint_server.receive_buffers import ReceiveBuffers
from underpaint_server.spool import Spool
from underpaint_server.spool_file import SpoolFile
from underpaint_server.spooling import Spooling
from underpaint_server.upload import Upload
from underpaint_server.workers import Workers

LIMITS = Limits(file_jobs=1, min_free=ByteCount(1), upload_bytes=ByteCount(8))


class Watched(Spool):
    """A spool that shows the files it gave out."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, lambda: LIMITS)
        self.files: list[SpoolFile] = []

    def file_of(self, client_key: bytes, upload_id: bytes) -> SpoolFile:
        self.files.append(super().file_of(client_key, upload_id))
        return self.files[-1]


async def receive(spool: Spool, workers: Workers, sender: Any) -> None:
    spooling = Spooling(spool, ReceiveBuffers(lambda: LIMITS), workers, Metrics())
    upload = Upload(sender, UPLOAD, LIMITS)
    try:
        async with spooling.received(upload, anew=False):
            pass
    finally:
        await upload.held.aclose()


def test_cancelled_while_it_is_taken_up_a_file_is_in_use_no_more(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    file = resumed(spool, ALICE, UPLOAD)
    file.append(b"began")
    file.release()

    async def scenario() -> None:
        workers = Workers(LIMITS)
        with spool._lock:
            task = asyncio.create_task(receive(spool, workers, Sender()))
            await until(lambda: workers.running)
            task.cancel()
            await asyncio.sleep(0.01)
        with pytest.raises(asyncio.CancelledError):
            await task
        workers.close()

    asyncio.run(scenario())
    assert spool.sweep(lambda _: False) == 1


@pytest.mark.parametrize(
    ("last", "stays"),
    [(None, True), (ConnectionCut("gone"), True), (bytearray(9), False)],
    ids=["cut off", "broken", "too large"],
)
def test_cancelled_before_it_is_let_go_a_file_is_let_go_all_the_same(
    tmp_path: Path, last: Any, stays: bool
) -> None:
    spool, free = Watched(tmp_path), threading.Event()

    async def scenario() -> None:
        workers, sender = Workers(LIMITS), Sender()
        task = asyncio.create_task(receive(spool, workers, sender))
        sender.say(bytearray(b"began"))
        await until(lambda: spool.used_bytes and not workers.running)
        others = asyncio.create_task(workers.on_file(free.wait, 60))  # the disk is busy
        await until(lambda: workers.running)
        if last is None:
            task.cancel()
        else:
            sender.say(last)
        await until(lambda: workers.files.waiting)
        task.cancel()
        await asyncio.sleep(0.01)
        free.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        await others
        workers.close()

    asyncio.run(scenario())
    (file,) = spool.files
    assert file._descriptor is None
    assert spool.sweep(lambda _: False) == stays


def test_a_file_that_cannot_be_read_now_may_be_resumed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path)
    file = resumed(spool, ALICE, UPLOAD)
    file.append(b"began")
    file.release()

    def too_many(*_: Any) -> Any:
        raise OSError(errno.EMFILE, "too many open files")

    async def scenario() -> None:
        workers = Workers(LIMITS)
        with pytest.raises(OSError, match="too many open files"):
            await receive(spool, workers, Sender())
        workers.close()

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", too_many)
        asyncio.run(scenario())
    assert resumed(spool, ALICE, UPLOAD).length == 5
