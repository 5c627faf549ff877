"""An upload, from its first byte to its receipt.

spool file -> samples -> payload opened with the authenticated sender's key -> inbox -> receipt.
Every step that computes or waits for the disk runs in a thread. A client that goes away in
between can resume; one that only misses the receipt gets it when it asks again.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionFailed, Refused
from underpaint_common.payload import Revealed
from underpaint_common.wire import Push, Receipt
from underpaint_server import log
from underpaint_server.arrival import Arrival, StegoFile
from underpaint_server.bounds import too_many
from underpaint_server.catalog import Entry
from underpaint_server.connection import Connection
from underpaint_server.extracting import extract
from underpaint_server.gate import Gate
from underpaint_server.inbox import Inbox
from underpaint_server.limits import Limits
from underpaint_server.metrics import Metrics
from underpaint_server.receive_buffers import ReceiveBuffers
from underpaint_server.refusals import RefusalCode, as_message, refusing_what_fails
from underpaint_server.room import Room
from underpaint_server.spool import Spool
from underpaint_server.spool_file import SpoolFile
from underpaint_server.spooling import Spooling
from underpaint_server.upload import ANEW, Upload
from underpaint_server.workers import Workers

_MAX_MEDIA_TYPE = 255
_RETRY_SOON = 2.0
# So that the next image is worked on while a secret waits for the disk, and no more wait.
_SECRETS_A_JOB = 2


class Receiver:
    """Takes uploads and answers each with a receipt or a refusal.

    Parameters
    ----------
    identity : Identity
        The server's; its half of every stego key.
    limits : callable
        Returns the bounds of this moment.
    spool, inbox : Spool, Inbox
        Where stego images wait, and where secrets are kept.
    workers : Workers
        The threads.
    metrics : Metrics
        What is counted.
    on_kept : callable
        Hears of each entry that was kept, after its receipt was sent or lost.
    """

    def __init__(
        self,
        identity: Identity,
        limits: Callable[[], Limits],
        spool: Spool,
        inbox: Inbox,
        workers: Workers,
        metrics: Metrics,
        on_kept: Callable[[Entry], None],
    ) -> None:
        self._identity = identity
        self._limits = limits
        self._inbox = inbox
        self._workers = workers
        self._metrics = metrics
        self._on_kept = on_kept
        self._in_progress: set[tuple[bytes, bytes]] = set()
        self._uploads: Counter[bytes] = Counter()
        self._buffers = ReceiveBuffers(limits)
        self._spooling = Spooling(spool, self._buffers, workers, metrics)
        self._room = Room(inbox)
        self._in_hand = Gate(1)

    async def receive(self, connection: Connection, push: Push) -> None:
        """Take one upload and answer it.

        Raises
        ------
        ConnectionFailed
            The client went away, stood still or broke the protocol; what came can be resumed,
            or what was kept awaits the client's asking again.
        """
        upload = Upload(connection, push.upload_id, self._limits())
        connection.uploading = True
        try:
            with refusing_what_fails(upload.fields), self._claimed(upload):
                await self._take(upload, anew=push.anew)
        except ConnectionFailed:
            self._metrics.upload("broken")
            raise
        except Refused as refusal:
            log.event("refused", **upload.fields(), code=refusal.code, reason=refusal.message)
            self._metrics.upload(refusal.code)
            await connection.send(as_message(refusal))
            await upload.skip()
        finally:
            await upload.held.aclose()
            connection.uploading = False

    @contextlib.contextmanager
    def _claimed(self, upload: Upload) -> Iterator[None]:
        """Count an upload, and hold its id: two connections never work on the same one."""
        client = upload.connection.peer
        key = (client, upload.id)
        if key in self._in_progress:
            raise Refused(
                "this upload is in progress on another connection",
                code=RefusalCode.IN_PROGRESS,
                retry_after=_RETRY_SOON,
            )
        bound = self._limits().uploads_per_client
        if self._uploads[client] >= bound:
            raise too_many("uploads of one client", bound)
        self._in_progress.add(key)
        self._uploads[client] += 1
        try:
            yield
        finally:
            self._in_progress.discard(key)
            self._uploads[client] -= 1
            if not self._uploads[client]:
                del self._uploads[client]

    async def _take(self, upload: Upload, *, anew: bool) -> None:
        """Keep an upload's secret, unless it is kept already, and send the receipt."""
        entry = await self._workers.on_file(self._find, upload)
        if entry is None:
            await self._take_new(upload, anew=anew)
            return
        await self._confirm_again(upload, entry)
        self._note("again", upload, entry)
        await upload.connection.send(_receipt_of(entry))

    async def _take_new(self, upload: Upload, *, anew: bool) -> None:
        """Keep an upload's secret and send the receipt.

        From the moment it is kept everybody hears of it, whoever goes or is cut off meanwhile.
        """
        try:
            async with self._spooling.received(upload, anew=anew) as spooled:
                entry = await self._kept(upload, spooled)
            await upload.connection.send(_receipt_of(entry))
        finally:
            if upload.kept is not None:
                self._on_kept(upload.kept)

    async def _kept(self, upload: Upload, spooled: SpoolFile) -> Entry:
        limits, client = self._limits(), upload.connection.peer
        self._in_hand.resize(limits.image_jobs * _SECRETS_A_JOB)
        async with self._in_hand:
            with self._metrics.stage("extract"):
                secret = await self._workers.on_image(
                    extract, self._identity, client, spooled.path, limits
                )
            arrival = _arrival_of(upload, spooled, secret)
            try:
                with self._metrics.stage("store"):
                    return await self._workers.on_file(self._keep, upload, arrival, limits)
            finally:
                if upload.kept is not None:
                    self._note("kept", upload, upload.kept)

    def _note(self, result: str, upload: Upload, entry: Entry) -> None:
        log.event(result, **upload.fields(), id=entry.id, bytes=entry.size)
        self._metrics.upload(result)

    def _find(self, upload: Upload) -> Entry | None:
        """Return what an upload ended in; refuse a new one where the client has its share."""
        finished = self._inbox.find(upload.connection.peer, upload.id)
        if finished is None:
            self._room.check_share(upload.connection.client, self._limits())
        return finished

    def _keep(self, upload: Upload, arrival: Arrival, limits: Limits) -> Entry:
        """Keep an arrival if there is room for it; runs in a thread.

        What came of it is told to the upload: who waits here may be cancelled.
        """
        cost = self._inbox.cost_of(arrival)
        with self._room.of_client(arrival.client, cost, limits):
            upload.kept = self._inbox.keep(arrival)
        return upload.kept

    async def _confirm_again(self, upload: Upload, finished: Entry) -> None:
        """Answer an upload that was kept before: all its bytes are here already."""
        await upload.hold(self._buffers)
        await upload.accept(finished.stego_size, finished.stego_sha256)
        while (chunk := await upload.next_chunk()) is not None:
            if chunk is ANEW:
                message = "another image was received as this upload"
                raise Refused(message, code=RefusalCode.MISMATCH)
        upload.check(finished.stego_size, finished.stego_sha256)


def _arrival_of(upload: Upload, spooled: SpoolFile, secret: Revealed) -> Arrival:
    return Arrival(
        client=upload.connection.client,
        client_key=upload.connection.peer,
        upload_id=upload.id,
        name=secret.name,
        media_type=secret.media_type[:_MAX_MEDIA_TYPE],
        data=secret.data,
        sha256=secret.sha256,
        stego_size=spooled.length,
        stego_sha256=spooled.sha256,
        stego=StegoFile(spooled.path),
    )


def _receipt_of(entry: Entry) -> Receipt:
    return Receipt(
        id=entry.id,
        name=entry.name,
        media_type=entry.media_type,
        bytes=entry.size,
        sha256=entry.sha256,
        received_at=entry.received_at,
    )
