"""The bytes of one upload as they come from a connection, counted and compared."""

from __future__ import annotations

import asyncio
from time import perf_counter

from underpaint_common.errors import ConnectionCut, ProtocolError, Refused
from underpaint_common.wire import PushAccepted, PushEnd
from underpaint_server.config import Limits
from underpaint_server.connection import Connection
from underpaint_server.refusals import RefusalCode, too_large

_SKIP_FACTOR = 2


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
    """

    def __init__(self, connection: Connection, id_: bytes, limits: Limits) -> None:
        self.connection = connection
        self.id = id_
        self._limits = limits
        self._started = perf_counter()
        self._accepted = False
        self._received = 0
        self._end: PushEnd | None = None

    async def accept(self, offset: int) -> None:
        """Tell the client to send the image's bytes from an offset on."""
        self._accepted = True
        await self.connection.send(PushAccepted(offset))

    async def next_chunk(self) -> bytearray | None:
        """Return the next bytes, or None when the client says that it was all.

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
