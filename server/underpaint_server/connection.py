"""One peer on its socket: bytes into the session, events out of it, and how it ends.

A connection is silent towards whom it does not know: after a malformed or refused handshake
its input is discarded, and it is closed without a byte at the same moment after accept as one
that said nothing. Every close is a FIN, never a RST: what still arrives is read and discarded
for a moment, for a kernel that closes over unread bytes resets.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import cast

from underpaint_common.errors import ConnectionCut, ConnectionFailed, ProtocolError, VersionMismatch
from underpaint_common.wire import (
    PREAMBLE,
    ClientMessage,
    Closed,
    DataReceived,
    Established,
    Event,
    MessageReceived,
    Outgoing,
    PushEnd,
    ServerMessage,
    Session,
)
from underpaint_server.host import Host
from underpaint_server.inflow import Inflow, Item
from underpaint_server.phase import Phase
from underpaint_server.reading import Reading

_LINGER_SECONDS = 2.0
_scratch = memoryview(bytearray(1 << 16))  # of discarded input; never read


class Connection(asyncio.BufferedProtocol):
    """A peer, from accept to close.

    The coroutine for a client uses `receive`, `send` and `finish`; the event loop calls the rest.

    Parameters
    ----------
    session : Session
        The protocol's state, as responder.
    host : Host
        The daemon.
    id_ : str
        Its name in the log.

    Attributes
    ----------
    address, peer : str, bytes
        The peer's network address; the authenticated client's public key, empty before.
    invitation : bytes or None
        Id of the invitation that it came with, if it did.
    client : str
        That key's name; set by the host.
    uploading : bool
        Whether an upload is in progress; set by who takes it.
    """

    def __init__(self, session: Session, host: Host, id_: str) -> None:
        self.id = id_
        self.peer = b""
        self.invitation: bytes | None = None
        self.client = ""
        self.uploading = self._expects_data = False
        self._session = session
        session.take_data(0)
        self._host = host
        self._phase = Phase.UNKNOWN
        self._reading = Reading(host, lambda: self._fail(ProtocolError("a record took too long")))
        self._inflow = Inflow(self._reading.pause, self._reading.resume)
        self._writable = asyncio.Event()
        self._peer_is_done = self._hung_up = False

    async def receive(self) -> Item | None:
        """Return the next message, or the upload bytes that have come; None when it is over.

        Raises
        ------
        ConnectionFailed
            The connection broke.
        """
        return await self._inflow.take()

    async def send(self, message: ServerMessage) -> None:
        """Send a message, and wait while the peer does not read."""
        if self._inflow.failure is not None:
            raise self._inflow.failure
        if self._phase is Phase.OPEN:
            self._transport.write(self._session.send_message(message))
        try:
            async with asyncio.timeout(self._host.limits.transfer_timeout):
                await self._writable.wait()
        except TimeoutError:
            raise ProtocolError("the peer does not read what it is sent") from None

    def expect_data(self, record_bytes: int) -> None:
        """Take data, in records of so many bytes at most, until the upload ends.

        Nobody makes the daemon hold more than messages before or afterwards.
        """
        self._expects_data = True
        self._session.take_data(record_bytes)

    def finish(self, *, last_word: ServerMessage | None = None) -> None:
        """End an open connection in order: a closing record, then FIN."""
        if self._phase is Phase.OPEN:
            if last_word is not None:
                self._transport.write(self._session.send_message(last_word))
            self._transport.write(self._session.send_close())
        self.drop()

    def ignore(self) -> None:
        """Discard what comes; the connection ends when the clock says so, as any stranger's."""
        self._phase = Phase.DISCARDING
        self._reading.stop_clock()
        self._session.abandon()

    def give_up(self, why: str) -> None:
        """Drop a stranger that has not shown who it is: one more that failed."""
        if self._phase is Phase.UNKNOWN:
            self._host.failed(self, ConnectionCut(why))
        self.drop()

    def cut(self) -> None:
        """End the connection now, whatever is under way."""
        self._transport.abort()

    def drop(self) -> None:
        """End the connection without a word."""
        self.ignore()
        self._inflow.end(forget=True)
        self._hang_up()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock within which the peer must have authenticated itself."""
        self._transport = cast("asyncio.Transport", transport)
        self._reading.begin(self._transport)
        self._writable.set()
        self.address: str = (transport.get_extra_info("peername") or ["unknown"])[0]
        why, timeout = "it did not authenticate in time", self._host.limits.handshake_timeout
        self._timer = asyncio.get_running_loop().call_later(timeout, self.give_up, why)
        self._host.joined(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return where the next bytes go."""
        if self._phase is Phase.DISCARDING:
            return _scratch
        return self._session.get_buffer(sizehint)

    def buffer_updated(self, nbytes: int) -> None:
        """Take the events of the bytes that came."""
        if self._phase is Phase.DISCARDING:
            return
        try:
            events = self._session.buffer_updated(nbytes)
            for event in events:
                self._take(event)
            self._reading.note(self._session.is_amid_record, one_was_whole=bool(events))
        except VersionMismatch as error:
            # The one thing that is ever answered in plain: which version is spoken here.
            self._transport.write(PREAMBLE)
            self._host.failed(self, error)
            self.drop()
        except ConnectionFailed as error:
            self._fail(error)

    def eof_received(self) -> bool:
        """Tell the cut from the orderly end; return whether the socket stays open."""
        self._peer_is_done = True
        if self._phase is not Phase.DISCARDING:
            try:
                self._session.end_of_stream()
            except ConnectionFailed as error:
                self._fail(error)
        return not self._hung_up

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake who waits for this connection."""
        self._timer.cancel()
        lost = ConnectionCut(f"the connection was lost: {exc or 'closed'}")
        if self._phase is Phase.UNKNOWN:
            self._host.failed(self, lost)
        self.ignore()
        self._inflow.fail(lost)
        self._writable.set()
        self._host.left(self)

    def pause_writing(self) -> None:
        """Let `send` wait: the peer does not read."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """Let `send` go on."""
        self._writable.set()

    # Steps.

    def _take(self, event: Event) -> None:
        match event:
            case Outgoing(data):
                self._transport.write(data)
            case Established(peer, invitation):
                self._authenticate(peer, invitation)
            case MessageReceived(message):
                if isinstance(message, PushEnd):
                    self._expects_data = False
                    self._session.take_data(0)
                self._inflow.add(cast("ClientMessage", message))
            case DataReceived(data) if self._expects_data:
                self._inflow.add_data(data)
            case DataReceived():
                raise ProtocolError("the client sent data that nobody asked for")
            case Closed():
                self._inflow.end()

    def _authenticate(self, peer: bytes, invitation: bytes | None) -> None:
        self.peer, self.invitation = peer, invitation
        self._phase = Phase.OPEN
        self._timer.cancel()
        self._host.authenticated(self)

    def _fail(self, error: ConnectionFailed) -> None:
        known = self._phase is Phase.OPEN
        self.ignore()
        self._inflow.fail(error)
        if known:
            self._hang_up()
        else:
            self._host.failed(self, error)  # the clock says when it ends

    def _hang_up(self) -> None:
        if self._hung_up or self._transport.is_closing():
            return
        self._hung_up = True
        self._timer.cancel()
        if self._peer_is_done:
            self._transport.close()
            return
        self._reading.resume()
        with contextlib.suppress(OSError):  # the peer's RST, which will be read next
            self._transport.write_eof()
        self._timer = asyncio.get_running_loop().call_later(_LINGER_SECONDS, self.cut)
        self._host.parting(self)
