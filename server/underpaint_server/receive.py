"""An upload, from its first byte to its receipt.

spool file -> samples -> payload opened with the authenticated sender's key -> inbox -> receipt.
Every step that computes or waits for the disk runs in a thread; a client that goes away in
between leaves nothing behind, and one that only misses the receipt gets it when it asks again.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from underpaint_common.crypto.identity import Identity
from underpaint_common.crypto.stego_key import from_identities
from underpaint_common.errors import (
    ConnectionCut,
    ConnectionFailed,
    Damaged,
    NothingFound,
    ProtocolError,
    Refused,
    UnusableImage,
)
from underpaint_common.payload import reveal
from underpaint_common.pictures import Limits as PictureLimits
from underpaint_common.pictures import read_picture
from underpaint_common.wire import Push, PushAccepted, PushEnd, Receipt, Refusal
from underpaint_server import log
from underpaint_server.catalog import Entry
from underpaint_server.config import Limits
from underpaint_server.connection import Connection
from underpaint_server.inbox import Arrival, Inbox
from underpaint_server.spool import Spool, SpoolFile
from underpaint_server.workers import Workers

_SKIP_FACTOR = 2
_MAX_SENTENCE = 500
_MAX_MEDIA_TYPE = 255
_RETRY_SOON = 2.0
_RETRY_STORAGE = 60.0

_CODES: dict[type[Exception], str] = {
    NothingFound: "nothing_found",
    Damaged: "damaged",
    UnusableImage: "unusable_image",
}


class RefusalCode:
    """The machine-readable reasons of a refusal, beside those of the image itself."""

    TOO_LARGE = "too_large"
    MISMATCH = "mismatch"
    IN_PROGRESS = "in_progress"
    STORAGE = "storage"
    SHUTTING_DOWN = "shutting_down"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Secret:
    """What an image held, for the inbox."""

    name: str
    media_type: str
    data: bytes
    sha256: bytes


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
        upload = _Upload(connection, push.upload_id, self._limits, started=perf_counter())
        connection.uploading = True
        try:
            with _refusing_what_fails(upload), self._claimed(upload):
                entry = await self._entry_for(upload)
                log.event("kept", **upload.fields(), id=entry.id, bytes=entry.size)
                await connection.send(_receipt_of(entry))
        except Refused as refusal:
            log.event("refused", **upload.fields(), code=refusal.code, reason=refusal.message)
            await connection.send(
                Refusal(refusal.code, refusal.message[:_MAX_SENTENCE], refusal.retry_after)
            )
            await upload.skip()
        finally:
            connection.uploading = False

    @contextlib.contextmanager
    def _claimed(self, upload: _Upload) -> Iterator[None]:
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

    async def _entry_for(self, upload: _Upload) -> Entry:
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
    async def _spooled(self, upload: _Upload) -> AsyncIterator[SpoolFile]:
        """Receive the stego image into a file that lives as long as it is needed."""
        spooled = self._spool.new_file()
        try:
            await upload.connection.send(PushAccepted(offset=0))
            async for chunk in upload.chunks():
                await self._workers.on_file(spooled.append, chunk)
            spooled.close()
            upload.check(spooled.length, spooled.sha256)
            yield spooled
        finally:
            await self._workers.on_file(spooled.discard)

    def _find_secret(self, upload: _Upload, stego_path: Path) -> Secret:
        """Do the image work of one upload; runs in a thread."""
        limits = PictureLimits(
            max_pixels=self._limits.pixels,
            max_file_bytes=self._limits.upload_bytes,
            max_inflated_bytes=self._limits.secret_bytes,
        )
        key = from_identities(self._identity, upload.connection.peer, own_is_sender=False)
        with stego_path.open("rb") as file:
            picture = read_picture(file, limits=limits)
        revealed = reveal(picture, key, limits=limits)
        if len(revealed.data) > self._limits.secret_bytes:
            raise _too_large("secret", self._limits.secret_bytes)
        return Secret(revealed.name, revealed.media_type, revealed.data, revealed.sha256)


class _Upload:
    """The bytes of one upload as they come from the connection."""

    def __init__(
        self, connection: Connection, id_: bytes, limits: Limits, *, started: float
    ) -> None:
        self.connection = connection
        self.id = id_
        self._limits = limits
        self._started = started
        self._accepted = False
        self._received = 0
        self._end: PushEnd | None = None

    async def chunks(self) -> AsyncIterator[bytearray]:
        """Yield the bytes until the client says that it is all."""
        self._accepted = True
        while (chunk := await self._next()) is not None:
            if self._received > self._limits.upload_bytes:
                raise _too_large("image", self._limits.upload_bytes)
            yield chunk

    async def skip(self) -> None:
        """Pass over the rest of a refused upload, so that the next one can begin."""
        while self._accepted and self._end is None:
            await self._next()
            if self._received > self._limits.upload_bytes * _SKIP_FACTOR:
                raise ProtocolError("the client goes on sending an upload that was refused")

    def check(self, length: int, sha256: bytes) -> None:
        """Compare what is here with what the client says it sent.

        Raises
        ------
        Refused
            They differ.
        """
        end = self._end
        if end is None or (end.stego_bytes, end.sha256) != (length, sha256):
            raise Refused(
                "the image that arrived is not the one that the client announced",
                code=RefusalCode.MISMATCH,
            )

    def fields(self) -> dict[str, object]:
        """Return what the log says of an upload."""
        return {
            "connection": self.connection.id,
            "client": self.connection.client,
            "upload": self.id.hex(),
            "stego_bytes": self._received,
            "seconds": perf_counter() - self._started,
        }

    async def _next(self) -> bytearray | None:
        """Return the next bytes, or None at the end."""
        try:
            async with asyncio.timeout(self._limits.transfer_timeout):
                item = await self.connection.receive()
        except TimeoutError:
            raise ProtocolError("the upload stood still for too long") from None
        match item:
            case bytearray():
                self._received += len(item)
                return item
            case PushEnd():
                self._end = item
                return None
            case None:
                raise ConnectionCut("the client closed the connection in the middle of an upload")
            case _:
                raise ProtocolError(f"{type(item).__name__} in the middle of an upload")


async def _confirm_again(upload: _Upload, finished: Entry) -> Entry:
    """Answer an upload that was kept before: all its bytes are here already."""
    await upload.connection.send(PushAccepted(offset=finished.stego_size))
    async for _ in upload.chunks():
        pass  # more than all of it: the digest will not match
    upload.check(finished.stego_size, finished.stego_sha256)
    return finished


@contextlib.contextmanager
def _refusing_what_fails(upload: _Upload) -> Iterator[None]:
    """Turn every failure that is not the connection's into a refusal that tells no paths."""
    try:
        yield
    except (ConnectionFailed, Refused):
        raise
    except (NothingFound, Damaged, UnusableImage) as error:
        raise Refused(error.message, code=_CODES[type(error)], hint=error.hint) from error
    except (OSError, sqlite3.Error) as error:
        log.fault("storage_failed", error, **upload.fields())
        raise Refused(
            "the server's storage failed, nothing was kept",
            code=RefusalCode.STORAGE,
            retry_after=_RETRY_STORAGE,
        ) from error
    except Exception as error:
        log.fault("upload_failed", error, **upload.fields())
        raise Refused(
            "the server failed, nothing was kept; its log says why", code=RefusalCode.INTERNAL
        ) from error


def _too_large(what: str, bound: int) -> Refused:
    return Refused(
        f"the {what} is larger than this server takes ({bound} bytes)", code=RefusalCode.TOO_LARGE
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
