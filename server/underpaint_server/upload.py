"""The bytes of one upload as they come from a connection, counted and compared."""

from __future__ import annotations

import asyncio
import contextlib
import enum
from time import perf_counter

from msgspec import UNSET

from underpaint_common.errors import ConnectionCut, ProtocolError, Refused
from underpaint_common.wire import MAX_RECORD, Push, PushAccepted, PushEnd
from underpaint_server import log
from underpaint_server.bounds import others_wait, too_large
from underpaint_server.catalog import Entry
from underpaint_server.connection import Connection
from underpaint_server.limits import Limits
from underpaint_server.receive_buffers import ReceiveBuffers
from underpaint_server.refusals import RefusalCode, as_message

_SKIP_FACTOR = 2


class Anew(enum.Enum):
    """A client's wish to send an image from its beginning."""

    ANEW = "anew"


ANEW = Anew.ANEW


class Upload:
    """One upload.

    Parameters
    ----------
    connection : Connection
        Where its bytes come from.
    id_ : bytes
        The client's name for it.
    limits : Limits
        How many bytes, and how long they may take.

    Attributes
    ----------
    held : AsyncExitStack
        What is held while bytes may come; given back when it is closed.
    kept : Entry or None
        What was kept of it; set by who keeps it, once and for all.
    """

    def __init__(self, connection: Connection, id_: bytes, limits: Limits) -> None:
        self.connection = connection
        self.id = id_
        self.held = contextlib.AsyncExitStack()
        self.kept: Entry | None = None
        self._limits = limits
        self._started = perf_counter()
        self._accepted = False
        self._untouched = False
        self._received = 0
        self._end: PushEnd | None = None

    async def hold(self, buffers: ReceiveBuffers) -> None:
        """Wait for buffers, and hold them until `held` is closed.

        Raises
        ------
        Refused
            It took too long until others gave theirs back.
        """
        mine = buffers.of_one_upload(self.connection.peer, self.make_way)
        await self.held.enter_async_context(mine)

    async def accept(self, offset: int, sha256: bytes) -> None:
        """Say what is here of the image, and ask for the rest.

        Parameters
        ----------
        offset, sha256 : int, bytes
            Length and digest of what is here.
        """
        record_bytes = int(self._limits.record_bytes)
        self._accepted = self._untouched = True
        self._received = offset
        self.connection.expect_data(record_bytes)
        less = UNSET if record_bytes == MAX_RECORD else record_bytes
        await self.connection.send(PushAccepted(offset, sha256, less))

    async def next_chunk(self) -> bytearray | Anew | None:
        """Return the next bytes, or None when the client says that it was all.

        `ANEW` stands for: the client's image begins otherwise, accept it from 0 on.

        Raises
        ------
        Refused
            They are more than the limit.
        ConnectionFailed
            The client went away, stood still or broke the protocol.
        """
        chunk = await self._next()
        if self._received > self._limits.upload_bytes:
            raise too_large("image", self._limits.upload_bytes)
        return chunk

    async def skip(self) -> None:
        """Pass over the rest of a refused upload, so that the next one can begin."""
        while self._accepted and self._end is None:
            await self._next(may_begin_anew=False)
            if self._received > self._limits.upload_bytes * _SKIP_FACTOR:
                raise ProtocolError("the client goes on sending an upload that was refused")

    def make_way(self) -> None:
        """End the connection in order, because others wait; what came can be resumed."""
        refusal = others_wait(self._limits.transfer_timeout)
        log.event("made_way", **self.fields(), reason=refusal.message)
        self.connection.finish(last_word=as_message(refusal))

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

    async def _next(self, *, may_begin_anew: bool = True) -> bytearray | Anew | None:
        """Return the next bytes, or None at the end."""
        try:
            async with asyncio.timeout(self._limits.transfer_timeout):
                item = await self.connection.receive()
        except TimeoutError:
            raise ProtocolError("the upload stood still for too long") from None
        match item:
            case bytearray():
                self._untouched = False
                self._received += len(item)
                return item
            case Push(self.id, anew=True) if self._untouched and may_begin_anew:
                return ANEW
            case PushEnd():
                self._end = item
                return None
            case None:
                raise ConnectionCut("the client closed the connection in the middle of an upload")
            case _:
                raise ProtocolError(f"{type(item).__name__} in the middle of an upload")
