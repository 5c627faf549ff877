"""An upload's stego image on its way from the connection into a file of the spool."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from underpaint_common.errors import ConnectionFailed
from underpaint_common.wire import NOTHING_SHA256
from underpaint_server.catalog import CatalogFailed
from underpaint_server.metrics import Metrics
from underpaint_server.receive_buffers import ReceiveBuffers
from underpaint_server.spool import Spool
from underpaint_server.spool_file import SpoolFile
from underpaint_server.upload import ANEW, Upload
from underpaint_server.waiting import to_its_end
from underpaint_server.workers import Workers


class Spooling:
    """Fills files of the spool.

    Parameters
    ----------
    spool : Spool
        Where they are.
    buffers : ReceiveBuffers
        What an upload needs before its client is asked for data.
    workers : Workers
        The threads that wait for the disk.
    metrics : Metrics
        What is counted.
    """

    def __init__(
        self, spool: Spool, buffers: ReceiveBuffers, workers: Workers, metrics: Metrics
    ) -> None:
        self._spool = spool
        self._buffers = buffers
        self._on_file = workers.on_file
        self._metrics = metrics

    @contextlib.asynccontextmanager
    async def received(self, upload: Upload, *, anew: bool) -> AsyncIterator[SpoolFile]:
        """Receive the stego image into a file that can be resumed if the client goes away.

        Whoever is cancelled, even while the file is taken up or let go, leaves it in order.
        """
        spooled = self._spool.file_of(upload.connection.peer, upload.id)
        let_go = spooled.release
        try:
            await self._on_file(spooled.resume)
            let_go = spooled.discard
            if anew:
                await self._on_file(spooled.restart)
            await self._fill(spooled, upload)
            yield spooled
        except (ConnectionFailed, CatalogFailed, asyncio.CancelledError):
            if upload.kept is None:
                let_go = spooled.release
            raise
        finally:
            await to_its_end(asyncio.create_task(self._on_file(let_go)))

    async def _fill(self, spooled: SpoolFile, upload: Upload) -> None:
        """Receive what is missing of an image, and compare the whole with its digest."""
        with self._metrics.stage("receive"):
            await upload.hold(self._buffers)
            await self._receive_into(spooled, upload)
            await upload.held.aclose()
        upload.check(spooled.length, spooled.sha256)

    async def _receive_into(self, spooled: SpoolFile, upload: Upload) -> None:
        await upload.accept(spooled.length, spooled.sha256)
        while (chunk := await upload.next_chunk()) is not None:
            if chunk is ANEW:
                await self._on_file(spooled.restart)
                await upload.accept(0, NOTHING_SHA256)
            else:
                self._metrics.received(len(chunk))
                await self._on_file(spooled.append, chunk)
            del chunk  # or a failure's traceback would hold it as long as the connection
        await self._on_file(spooled.close)
