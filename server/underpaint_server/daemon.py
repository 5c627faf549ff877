"""The daemon's life: start, accept, obey the operator, end.

SIGTERM or SIGINT: stop accepting, close who is idle, let uploads in progress finish within
`shutdown_timeout`, tell the rest to come back, exit 0. A second signal ends it at once, which
the store survives like any crash.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import signal
import sys
from typing import Any

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionFailed, ExitCode, LocalFileError, UsageError
from underpaint_common.wire import Address, Refusal, Session
from underpaint_server import log
from underpaint_server.allowed import AllowedClients, AllowedFile
from underpaint_server.config import Config
from underpaint_server.connection import Connection
from underpaint_server.conversation import converse
from underpaint_server.receive import Receiver
from underpaint_server.refusals import RefusalCode
from underpaint_server.workers import Workers

_WATCH_SECONDS = 0.25
_RETRY_AFTER_SHUTDOWN = 10.0
_FAREWELL_SECONDS = 0.5
_BACKLOG = 512


class Daemon:
    """Everything that lives as long as the process accepts connections.

    Parameters
    ----------
    config : Config
        Where to listen, and the limits.
    identity : Identity
        The server's key pair.
    allowed : AllowedFile
        Who may push; looked at again all the time.
    receiver : Receiver
        Takes the uploads.
    workers : Workers
        The threads that the receiver uses.
    """

    def __init__(
        self,
        config: Config,
        identity: Identity,
        allowed: AllowedFile,
        receiver: Receiver,
        workers: Workers,
    ) -> None:
        self.limits = config.limits
        self._config = config
        self._identity = identity
        self._allowed_file = allowed
        self._allowed: AllowedClients = allowed.load()
        self._receiver = receiver
        self._workers = workers
        self._ids = (f"c{number}" for number in itertools.count(1))
        self._connections: set[Connection] = set()
        self._half_open: dict[Connection, None] = {}
        self._conversations: dict[Connection, asyncio.Task[None]] = {}
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Accept connections until a signal comes, and end in order."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_log_loop_fault)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_signal, number)
        server = await self._listen()
        watch = asyncio.create_task(self._watch_allowed())
        self._announce(server.sockets[0].getsockname()[1])
        await self._stopping.wait()
        server.close()
        watch.cancel()
        await self._let_finish()
        self._workers.close()
        log.event("stopped")
        if self._workers.running:
            _leave_at_once(ExitCode.DONE)  # a thread would hold the process up

    # What connections tell (the `Host` of `Connection`).

    def joined(self, connection: Connection) -> None:
        """Count a new connection, and keep within the bounds."""
        self._connections.add(connection)
        self._half_open[connection] = None
        log.event("connected", logging.DEBUG, connection=connection.id, peer=connection.address)
        if len(self._connections) > self.limits.connections or self._stopping.is_set():
            log.event("turned_away", logging.WARNING, connection=connection.id)
            connection.drop()
        elif len(self._half_open) > self.limits.half_open:
            oldest = next(iter(self._half_open))
            del self._half_open[oldest]
            oldest.drop()

    def authenticated(self, connection: Connection) -> None:
        """Begin the conversation with a client."""
        self._half_open.pop(connection, None)
        # Revoked between the handshake and the first record: the connection ends here.
        name = self._allowed.name_of(connection.peer)
        if name is None:
            connection.drop()
            return
        connection.client = name
        log.event("authenticated", connection=connection.id, client=name, peer=connection.address)
        talk = converse(connection, self._receiver, self.limits, self._stopping)
        task = asyncio.create_task(talk)
        self._conversations[connection] = task
        task.add_done_callback(lambda _: self._conversations.pop(connection))

    def failed(self, connection: Connection, error: ConnectionFailed) -> None:
        """Log the exact cause, which the peer is never told."""
        log.event(
            "peer_failed",
            logging.WARNING,
            connection=connection.id,
            client=connection.client or None,
            peer=connection.address,
            reason=error.message,
        )

    def left(self, connection: Connection) -> None:
        """Forget a connection."""
        self._connections.discard(connection)
        self._half_open.pop(connection, None)
        log.event("left", logging.DEBUG, connection=connection.id)

    # Steps.

    async def _listen(self) -> asyncio.Server:
        listen = self._config.listen
        try:
            return await asyncio.get_running_loop().create_server(
                self._new_connection, listen.host, listen.port, backlog=_BACKLOG
            )
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise UsageError(
                f"cannot listen on {listen}: {reason}",
                hint="another daemon may be running there; --listen HOST:PORT names another place",
            ) from error

    def _new_connection(self) -> Connection:
        session = Session.responder(self._identity, self._is_allowed)
        return Connection(session, self, next(self._ids))

    def _is_allowed(self, public_key: bytes) -> bool:
        return public_key in self._allowed

    def _announce(self, port: int) -> None:
        """Say on stderr, in one line for people and scripts, where the daemon listens."""
        address = Address(self._config.host, port, self._identity.public)
        sys.stderr.write(f"underpaintd: listening on {address}\n")
        sys.stderr.flush()

    def _on_signal(self, number: int) -> None:
        name = signal.Signals(number).name
        if self._stopping.is_set():
            log.event("killed", logging.WARNING, signal=name)
            _leave_at_once(ExitCode.INTERRUPTED)
        log.event("stopping", signal=name, connections=len(self._connections))
        self._stopping.set()

    async def _watch_allowed(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            if not self._allowed_file.changed():
                continue
            try:
                self._allowed = await self._workers.on_file(self._allowed_file.load)
            except LocalFileError as error:
                log.event("allowed_unreadable", logging.ERROR, reason=error.message)
                continue
            log.event("allowed_changed", clients=len(self._allowed.names))
            self._cut_off_revoked()

    def _cut_off_revoked(self) -> None:
        for connection, task in list(self._conversations.items()):
            if connection.peer not in self._allowed:
                log.event("cut_off", connection=connection.id, client=connection.client)
                connection.drop()
                task.cancel()

    async def _let_finish(self) -> None:
        """Wait for uploads in progress, then send everyone away."""
        for connection in list(self._connections):
            if not connection.uploading:
                connection.finish()
        await self._wait_for_conversations(self.limits.shutdown_timeout)
        come_back = Refusal(
            RefusalCode.SHUTTING_DOWN, "the server is shutting down", _RETRY_AFTER_SHUTDOWN
        )
        for connection, task in list(self._conversations.items()):
            connection.finish(last_word=come_back)
            task.cancel()
        await self._wait_for_conversations(_FAREWELL_SECONDS)
        for connection in list(self._connections):
            connection.drop()
        await self._let_farewells_leave()

    async def _wait_for_conversations(self, seconds: float) -> None:
        if self._conversations:
            await asyncio.wait(self._conversations.values(), timeout=seconds)

    async def _let_farewells_leave(self) -> None:
        """Give peers a moment to take the last bytes and close."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL_SECONDS):
                while self._connections:
                    await asyncio.sleep(_FAREWELL_SECONDS / 50)


def _log_loop_fault(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if isinstance(error, Exception):
        log.fault("loop_fault", error, message=context.get("message", ""))
    else:
        log.event("loop_fault", logging.ERROR, message=context.get("message", ""))


def _leave_at_once(code: ExitCode) -> None:
    """End the process without waiting for threads; what is durable stays durable."""
    logging.shutdown()
    os._exit(code)
