"""An upload, from its first byte to its receipt.

spool file -> samples -> payload opened with the authenticated sender's key -> inbox -> receipt.
Every step that computes or waits for the disk runs in a thread; a client that goes away in
between leaves nothing behind, and one that only misses the receipt gets it when it asks again.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from underpaint_common.crypto.identity import Identity
from underpaint_common.crypto.stego_key import from_identities
from underpaint_common.errors import Refused
from underpaint_common.payload import Revealed, reveal
from underpaint_common.pictures import Limits as PictureLimits
from underpaint_common.pictures import read_picture
from underpaint_common.wire import Push, Receipt
from underpaint_server import log
from underpaint_server.catalog import Entry
from underpaint_server.config import Limits
from underpaint_server.connection import Connection
from underpaint_server.inbox import Arrival, Inbox
from underpaint_server.refusals import RefusalCode, as_message, refusing_what_fails, too_large
from underpaint_server.spool import Spool, SpoolFile
from underpaint_server.upload import Upload
from underpaint_server.workers import Workers

_MAX_MEDIA_TYPE = 255
_RETRY_SOON = 2.0


class Receiver:
    """Takes uploads and answers each with a receipt or a refusal.

    Parameters
    ----------
    identity : Identity
        The server's; its half of every stego key.
    limits : Limits
        Bounds of an upload.
    spool, inbox : Spool, Inbox
        Where stego images wait, and where secrets are kept.
    workers : Workers
        The threads.
    """

    def __init__(
        self, identity: Identity, limits: Limits, spool: Spool, inbox: Inbox, workers: Workers
    ) -> None:
        self._identity = identity
        self._limits = limits
        self._spool = spool
        self._inbox = inbox
        self._workers = workers
        self._in_progress: set[tuple[bytes, bytes]] = set()

    async def receive(self, connection: Connection, push: Push) -> None:
        """Take one upload and answer it.

        Raises
        ------
        ConnectionFailed
            The client went away, stood still or broke the protocol; nothing was kept, or what
            was kept awaits the client's asking again.
        """
        upload = Upload(connection, push.upload_id, self._limits)
        connection.uploading = True
        try:
            with refusing_what_fails(upload.fields), self._claimed(upload):
                entry = await self._entry_for(upload)
                log.event("kept", **upload.fields(), id=entry.id, bytes=entry.size)
                await connection.send(_receipt_of(entry))
        except Refused as refusal:
            log.event("refused", **upload.fields(), code=refusal.code, reason=refusal.message)
            await connection.send(as_message(refusal))
            await upload.skip()
        finally:
            connection.uploading = False

    @contextlib.contextmanager
    def _claimed(self, upload: Upload) -> Iterator[None]:
        """Hold an upload's id, so that two connections never work on the same one."""
        key = (upload.connection.peer, upload.id)
        if key in self._in_progress:
            raise Refused(
                "this upload is in progress on another connection",
                code=RefusalCode.IN_PROGRESS,
                retry_after=_RETRY_SOON,
            )
        self._in_progress.add(key)
        try:
            yield
        finally:
            self._in_progress.discard(key)

    async def _entry_for(self, upload: Upload) -> Entry:
        finished = await self._workers.on_file(self._inbox.find, upload.connection.peer, upload.id)
        if finished is not None:
            return await _confirm_again(upload, finished)
        async with self._spooled(upload) as spooled:
            secret = await self._workers.on_image(self._find_secret, upload, spooled.path)
            return await self._workers.on_file(
                self._inbox.keep,
                Arrival(
                    client=upload.connection.client,
                    client_key=upload.connection.peer,
                    upload_id=upload.id,
                    name=secret.name,
                    media_type=secret.media_type[:_MAX_MEDIA_TYPE],
                    data=secret.data,
                    sha256=secret.sha256,
                    stego_size=spooled.length,
                    stego_sha256=spooled.sha256,
                ),
            )

    @contextlib.asynccontextmanager
    async def _spooled(self, upload: Upload) -> AsyncIterator[SpoolFile]:
        """Receive the stego image into a file that lives as long as it is needed."""
        spooled = self._spool.new_file()
        try:
            await upload.accept(0)
            while (chunk := await upload.next_chunk()) is not None:
                await self._workers.on_file(spooled.append, chunk)
            spooled.close()
            upload.check(spooled.length, spooled.sha256)
            yield spooled
        finally:
            await self._workers.on_file(spooled.discard)

    def _find_secret(self, upload: Upload, stego_path: Path) -> Revealed:
        """Do the image work of one upload; runs in a thread."""
        of_stego = PictureLimits(
            max_pixels=self._limits.pixels, max_file_bytes=self._limits.upload_bytes
        )
        of_secret = PictureLimits(max_inflated_bytes=self._limits.secret_bytes)
        key = from_identities(self._identity, upload.connection.peer, own_is_sender=False)
        with stego_path.open("rb") as file:
            picture = read_picture(file, limits=of_stego)
        revealed = reveal(picture, key, limits=of_secret)
        if len(revealed.data) > self._limits.secret_bytes:
            raise too_large("secret", self._limits.secret_bytes)
        return revealed


async def _confirm_again(upload: Upload, finished: Entry) -> Entry:
    """Answer an upload that was kept before: all its bytes are here already."""
    await upload.accept(finished.stego_size)
    while await upload.next_chunk() is not None:
        pass  # more than all of it: the client has another image, as the digest will show
    upload.check(finished.stego_size, finished.stego_sha256)
    return finished


def _receipt_of(entry: Entry) -> Receipt:
    return Receipt(
        id=entry.id,
        name=entry.name,
        media_type=entry.media_type,
        bytes=entry.size,
        sha256=entry.sha256,
        received_at=entry.received_at,
    )
