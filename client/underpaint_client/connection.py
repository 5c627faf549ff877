"""The asyncio shell over a protocol session: bytes in and out, waiting, and flow control."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator

from underpaint_common.errors import ConnectionFailed
from underpaint_common.wire import (
    ClientMessage,
    Closed,
    DataReceived,
    Event,
    MessageReceived,
    Outgoing,
    Pong,
    PushAccepted,
    Receipt,
    Refusal,
    ServerMessage,
    Session,
)

WRITE_BUFFER_BYTES = 1 << 20
CLOSING_SECONDS = 2.0


class Connection(asyncio.BufferedProtocol):
    """One connection of a client: everything the session says becomes something to await.

    Parameters
    ----------
    session : Session
        A fresh session in the initiator's role.
    peer_name : str
        ``host:port``, for messages.
    timeout : float
        Seconds that any single wait may take.
    """

    def __init__(self, session: Session, peer_name: str, *, timeout: float) -> None:
        self._session = session
        self._peer_name = peer_name
        self._timeout = timeout
        self._messages: deque[ServerMessage] = deque()
        self._failure: ConnectionFailed | None = None
        self._changed = asyncio.Event()
        self._writable = True
        self._lost = False
        self._transport: asyncio.Transport | None = None

    async def wait_established(self) -> None:
        """Return when the handshake is done.

        Raises
        ------
        ConnectionFailed
            It failed or took too long.
        """
        while not self._session.established:
            await self._change()

    async def receive(self, *, patience: float = 1.0) -> ServerMessage:
        """Return the next message; those that came before a failure are still delivered.

        Parameters
        ----------
        patience : float
            How many times longer than usual the answer may take.
        """
        while not self._messages:
            await self._change(patience)
        return self._messages.popleft()

    @property
    def has_message(self) -> bool:
        """Whether the server said something that was not yet received."""
        return bool(self._messages)

    async def send_message(self, message: ClientMessage) -> None:
        """Send a message, waiting while the peer is slow."""
        await self._write(self._record_of(message))

    async def send_data(self, data: bytes | memoryview) -> None:
        """Send data as records, waiting while the peer is slow."""
        await self._write(self._session.send_data(data))

    async def close(self) -> None:
        """Say goodbye and close; never fails."""
        if self._transport is None or self._transport.is_closing() or self._failure:
            self.abort()
            return
        self._transport.write(self._session.send_close())
        self._transport.close()
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                while not self._lost:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            self.abort()

    def abort(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the handshake; called by the event loop, as are the methods below."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a connection needs a stream transport")
        self._transport = transport
        transport.set_write_buffer_limits(WRITE_BUFFER_BYTES)
        transport.write(self._session.start())

    def get_buffer(self, sizehint: int) -> memoryview:
        """Say where the next bytes go."""
        return self._session.get_buffer(sizehint)

    def buffer_updated(self, nbytes: int) -> None:
        """Let the session read what arrived, and act on its events."""
        try:
            for event in self._session.buffer_updated(nbytes):
                self._handle(event)
        except ConnectionFailed as error:
            self._fail(error)
        self._changed.set()

    def eof_received(self) -> None:
        """Ask the session whether the stream may end here."""
        try:
            self._session.end_of_stream()
        except ConnectionFailed as error:
            self._fail(error)

    def pause_writing(self) -> None:
        """Note that the transport's buffer is full."""
        self._writable = False

    def resume_writing(self) -> None:
        """Note that the transport's buffer has room again."""
        self._writable = True
        self._changed.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell everyone who waits that nothing more will come."""
        self._lost = True
        reason = f": {exc}" if exc else ""
        self._fail(ConnectionFailed(f"the connection to {self._peer_name} was lost{reason}"))

    def _handle(self, event: Event) -> None:
        match event:
            case Outgoing(data) if self._transport is not None:
                self._transport.write(data)
            case MessageReceived(PushAccepted() | Receipt() | Refusal() | Pong() as message):
                self._messages.append(message)
            case Closed():
                self._fail(ConnectionFailed(f"{self._peer_name} closed the connection"))
            case DataReceived():
                self._fail(ConnectionFailed(f"{self._peer_name} sent data that nobody asked for"))

    def _fail(self, error: ConnectionFailed) -> None:
        """Keep the first failure, which is the cause of the later ones."""
        self._failure = self._failure or error
        self._changed.set()
        if not self._lost:
            self.abort()

    def _record_of(self, message: ClientMessage) -> Iterator[bytes]:
        """Seal a message no sooner than it can be written."""
        yield self._session.send_message(message)

    async def _write(self, records: Iterator[bytes | bytearray]) -> None:
        """Write records one by one, each sealed when the transport has room for it."""
        while True:
            while self._failure is not None or not self._writable:
                await self._change()
            record = next(records, None)
            if record is None:
                return
            if self._transport is not None:
                self._transport.write(record)

    async def _change(self, patience: float = 1.0) -> None:
        """Wait until something happened; raise if that was the end, or if nothing did."""
        if self._failure is not None:
            raise self._failure
        self._changed.clear()
        seconds = patience * self._timeout
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            self._fail(ConnectionFailed(f"{self._peer_name} did not answer within {seconds:g} s"))
