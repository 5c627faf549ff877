"""The asyncio shell over a protocol session: bytes in and out, waiting, and flow control."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from underpaint_client.exchange import (
    Conversation,
    HasSpoken,
    Hear,
    Outcome,
    Result,
    Say,
    Send,
    Step,
)
from underpaint_client.link import Link
from underpaint_common.errors import ConnectionFailed
from underpaint_common.wire import ClientMessage, ServerMessage

WRITE_BUFFER_BYTES = 1 << 20
CLOSING_SECONDS = 2.0


class Connection(asyncio.BufferedProtocol):
    """One connection of a client: everything the session says becomes something to await.

    Parameters
    ----------
    link : Link
        With a fresh session.
    timeout : float
        Seconds that any single wait may take.
    """

    def __init__(self, link: Link, *, timeout: float) -> None:
        self._link = link
        self._session = link.session
        self._timeout = timeout
        self._changed = asyncio.Event()
        self._writable = True
        self._lost = False
        self._transport: asyncio.Transport | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be said here."""
        return self._link.failure is not None

    @property
    def has_message(self) -> bool:
        """Whether the server said something that was not yet received."""
        return bool(self._link.messages)

    async def wait_established(self) -> None:
        """Return when the handshake is done.

        Raises
        ------
        ConnectionFailed
            It failed or took too long.
        """
        while not self._session.established:
            await self._change()

    async def converse(self, conversation: Conversation[Result]) -> Result:
        """Do what a conversation asks for, step by step, and return what came of it."""
        try:
            step = next(conversation)
            while True:
                try:
                    outcome = await self._perform(step)
                except ConnectionFailed as error:
                    step = conversation.throw(error)
                else:
                    step = conversation.send(outcome)
        except StopIteration as end:
            result: Result = end.value
            return result
        finally:
            conversation.close()

    async def receive(self, *, patience: float = 1.0) -> ServerMessage:
        """Return the next message; those that came before a failure are still delivered.

        Parameters
        ----------
        patience : float
            How many times longer than usual the answer may take.
        """
        while not self._link.messages:
            await self._change(patience)
        return self._link.messages.popleft()

    async def send_message(self, message: ClientMessage) -> None:
        """Send a message, waiting while the peer is slow."""
        await self._write(self._record_of(message))

    async def send_data(self, data: bytes | memoryview) -> None:
        """Send data as records, waiting while the peer is slow."""
        await self._write(self._session.send_data(data))

    async def close(self) -> None:
        """Say goodbye and close; never fails."""
        if self._transport is None or self._transport.is_closing() or self.is_over:
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
        self._link.fail(self._link.lost(None))
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
        """Let the session read what arrived, and write what it says."""
        outgoing = self._link.buffer_updated(nbytes)
        if self._transport is not None:
            for data in outgoing:
                self._transport.write(data)
        self._wake()

    def eof_received(self) -> None:
        """Ask the session whether the stream may end here."""
        self._link.end_of_stream()
        self._wake()

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
        self._link.fail(self._link.lost(exc))
        self._wake()

    def _wake(self) -> None:
        """Let whoever waits look again; what has failed is dropped."""
        self._changed.set()
        if self.is_over and not self._lost:
            self.abort()

    def _record_of(self, message: ClientMessage) -> Iterator[bytes]:
        """Seal a message no sooner than it can be written."""
        yield self._session.send_message(message)

    async def _perform(self, step: Step) -> Outcome:
        match step:
            case Say(message):
                await self.send_message(message)
            case Send(data):
                await self.send_data(data)
                # A fast network never makes us wait: let in who cancels, and what has arrived.
                await asyncio.sleep(0)
            case Hear(patience):
                return await self.receive(patience=patience)
            case HasSpoken():
                return self.has_message
        return None

    async def _write(self, records: Iterator[bytes | bytearray]) -> None:
        """Write records one by one, each sealed when the transport has room for it."""
        while True:
            while self.is_over or not self._writable:
                await self._change()
            record = next(records, None)
            if record is None:
                return
            if self._transport is not None:
                self._transport.write(record)

    async def _change(self, patience: float = 1.0) -> None:
        """Wait until something happened; raise if that was the end, or if nothing did."""
        if self._link.failure is not None:
            raise self._link.failure
        self._changed.clear()
        seconds = patience * self._timeout
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            self._link.fail(self._link.unanswered(seconds))
            self._wake()
