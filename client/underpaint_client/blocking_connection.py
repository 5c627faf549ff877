"""The blocking shell over a protocol session: a plain socket, and no event loop."""

from __future__ import annotations

import contextlib
import socket
import time
from typing import Self

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
from underpaint_common.wire import ServerMessage

CLOSING_SECONDS = 2.0


class BlockingConnection:
    """One connection of a client, used by one thread at a time; any other may interrupt it.

    Parameters
    ----------
    link : Link
        With a fresh session.
    sock : socket
        Connected.
    timeout : float
        Seconds that any single wait may take.
    """

    def __init__(self, link: Link, sock: socket.socket, *, timeout: float) -> None:
        self._link = link
        self._session = link.session
        self._socket = sock
        self._timeout = timeout

    @classmethod
    def open(cls, link: Link, host: str, port: int, *, timeout: float) -> Self:
        """Connect and begin the handshake.

        Raises
        ------
        OSError
            The server cannot be reached.
        ConnectionFailed
            It was reached, and lost at once.
        """
        sock = socket.create_connection((host, port), timeout=timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = cls(link, sock, timeout=timeout)
        connection._write(link.session.start())
        return connection

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be said here; looks at what has arrived."""
        self._poll()
        return self._link.failure is not None

    def wait_established(self) -> None:
        """Return when the handshake is done.

        Raises
        ------
        ConnectionFailed
            It failed or took too long.
        """
        while not self._session.established:
            self._read()

    def converse(self, conversation: Conversation[Result]) -> Result:
        """Do what a conversation asks for, step by step, and return what came of it."""
        try:
            step = next(conversation)
            while True:
                try:
                    outcome = self._perform(step)
                except ConnectionFailed as error:
                    step = conversation.throw(error)
                else:
                    step = conversation.send(outcome)
        except StopIteration as end:
            result: Result = end.value
            return result
        finally:
            conversation.close()

    def close(self) -> None:
        """Say goodbye, wait for the server's, and close; never fails."""
        deadline = time.monotonic() + CLOSING_SECONDS
        with contextlib.suppress(ConnectionFailed):
            self._write(self._session.send_close())
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)
            while (seconds := deadline - time.monotonic()) > 0:
                self._read(seconds)
        self.abort()

    def abort(self) -> None:
        """Drop the connection at once."""
        self.interrupt()
        self._socket.close()

    def interrupt(self) -> None:
        """Let the thread that waits here get `ConnectionFailed`; called by another one.

        The descriptor stays: that thread may be about to use it, and its number must not have
        become another file's by then.
        """
        self._link.fail(self._link.lost(None))
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _perform(self, step: Step) -> Outcome:
        match step:
            case Say(message):
                self._check()
                self._write(self._session.send_message(message))
            case Send(data):
                self._check()
                for record in self._session.send_data(data):
                    self._write(record)
            case Hear(patience):
                return self._receive(patience)
            case HasSpoken():
                self._poll()
                return bool(self._link.messages)
        return None

    def _receive(self, patience: float) -> ServerMessage:
        """Return the next message; those that came before a failure are still delivered."""
        while not self._link.messages:
            self._read(patience * self._timeout)
        return self._link.messages.popleft()

    def _write(self, data: bytes | bytearray) -> None:
        self._check()
        try:
            self._socket.settimeout(self._timeout)
            self._socket.sendall(data)
        except OSError as error:
            self._poll()  # the reason may have arrived before
            self._fail(error, self._timeout)
        self._check()

    def _read(self, seconds: float | None = None) -> None:
        """Wait for bytes and read them; raise if nothing can come any more, or nothing did."""
        self._check()
        seconds = self._timeout if seconds is None else seconds
        try:
            self._take(seconds)
        except OSError as error:
            self._fail(error, seconds)
            self._check()

    def _poll(self) -> None:
        """Read what has arrived, without waiting."""
        try:
            while self._link.failure is None:
                self._take(0)
        except (BlockingIOError, ConnectionFailed):
            pass
        except OSError as error:
            self._fail(error, 0)

    def _take(self, seconds: float) -> None:
        self._socket.settimeout(seconds)
        count = self._socket.recv_into(self._session.get_buffer())
        if count == 0:
            self._link.end_of_stream()
            self._link.fail(self._link.lost(None))
            return
        for data in self._link.buffer_updated(count):
            self._write(data)

    def _fail(self, error: OSError, seconds: float) -> None:
        timed_out = isinstance(error, TimeoutError)
        self._link.fail(self._link.unanswered(seconds) if timed_out else self._link.lost(error))

    def _check(self) -> None:
        if self._link.failure is not None:
            raise self._link.failure
