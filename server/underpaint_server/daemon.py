"""The daemon's life: start, accept, obey the operator, end.

SIGTERM or SIGINT: stop accepting, close who is idle, let uploads in progress finish within
`shutdown_timeout`, tell the rest to come back, exit 0. A second signal ends it at once, which
the store survives like any crash. SIGHUP: read the configuration again. A chore that fails ends it
in order too, with exit code 1: a daemon that obeys no revocations is worse than none.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import logging
import signal

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionFailed, ExitCode, Refused, UnderpaintError
from underpaint_common.wire import Address, Session
from underpaint_server import log, systemd
from underpaint_server.chores import Chores
from underpaint_server.connection import Connection
from underpaint_server.conversation import converse
from underpaint_server.crowd import Crowd
from underpaint_server.farewell import leave_at_once, say_farewell
from underpaint_server.health import Health
from underpaint_server.hook import Hook
from underpaint_server.joining import join
from underpaint_server.limits import Limits
from underpaint_server.listening import announce, listen, port_of
from underpaint_server.live import Live
from underpaint_server.metrics import Metrics
from underpaint_server.permissions import Permissions
from underpaint_server.receive import Receiver
from underpaint_server.revoking import cut_off
from underpaint_server.turns import Turns
from underpaint_server.upkeep import Upkeep, keep_beating
from underpaint_server.workers import Workers


class Daemon:
    """Everything that lives as long as the process accepts connections.

    Parameters
    ----------
    live : Live
        Where to listen, and the bounds of the moment.
    identity : Identity
        The server's key pair.
    permissions : Permissions
        Who may push.
    receiver : Receiver
        Takes the uploads.
    hook : Hook
        The operator's command.
    upkeep : Upkeep
        The chores.
    workers : Workers
        The threads that all of them use.
    metrics : Metrics
        What is counted.
    """

    def __init__(
        self,
        live: Live,
        identity: Identity,
        permissions: Permissions,
        receiver: Receiver,
        hook: Hook,
        upkeep: Upkeep,
        workers: Workers,
        metrics: Metrics,
    ) -> None:
        self._live = live
        self._identity = identity
        self._permissions = permissions
        self._receiver = receiver
        self._hook = hook
        self._upkeep = upkeep
        self._workers = workers
        self._metrics = metrics
        self._ids = (f"c{number}" for number in itertools.count(1))
        self.turns, self._crowd = Turns(), Crowd()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Accept connections until a signal comes or a chore fails, and end in order.

        Raises
        ------
        UnderpaintError
            A chore failed.
        """
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(log.loop_fault)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_signal, number)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        servers = await listen(self._new_connection, self._live.config.listen)
        health = await self._show_health()
        chores = Chores(self._stopping.set)
        chores.start(
            permissions=self._obey_permissions(),
            sweeping=self._upkeep.keep_sweeping(),
            measuring=self._upkeep.keep_measuring(),
            heartbeat=keep_beating(),
        )
        announce(Address(self._live.config.host, port_of(servers), self._identity.public))
        systemd.notify("READY=1")
        await self._stopping.wait()
        systemd.notify("STOPPING=1")
        for each in servers:
            each.close()
        chores.cancel()
        await say_farewell(self._crowd, self.limits.shutdown_timeout)
        await self._hook.finish(self.limits.shutdown_timeout)
        for each in health:
            each.close()
        self._workers.close()
        log.event("stopped")
        if self._workers.running:
            leave_at_once(chores.exit_code)  # a thread would hold the process up
        chores.raise_failure()

    # What connections tell (the `Host` of `Connection`).

    @property
    def limits(self) -> Limits:
        """The bounds of this moment."""
        return self._live.limits()

    def joined(self, connection: Connection) -> None:
        """Take in a new connection."""
        log.event("connected", logging.DEBUG, connection=connection.id, peer=connection.address)
        self._crowd.join(connection, self.limits)
        if self._stopping.is_set():
            connection.drop()

    def authenticated(self, connection: Connection) -> None:
        """Begin the conversation with a client."""
        self._crowd.known(connection)
        begin = functools.partial(
            converse, connection, self._receiver, self._live.limits, self._stopping
        )
        name = self._permissions.name_of(connection.peer)
        if connection.invitation is not None:
            welcome = functools.partial(self._welcome, connection)
            workers, invitation = self._workers, connection.invitation
            talk = join(connection, invitation, self._permissions, workers, welcome, begin)
        elif name is not None:
            self._welcome(connection, name)
            talk = begin()
        else:  # revoked between the handshake and the first record
            connection.drop()
            return
        try:
            self._crowd.admit(connection, self.limits, talk)
        except Refused as refusal:
            self._metrics.handshake("turned_away")
            log.event(
                "turned_away",
                logging.WARNING,
                connection=connection.id,
                client=connection.client or None,
                reason=refusal.message,
            )

    def failed(self, connection: Connection, error: ConnectionFailed) -> None:
        """Log the exact cause, which the peer is never told."""
        self._crowd.failed(connection)
        self._metrics.handshake("failed")
        log.event(
            "peer_failed",
            logging.WARNING,
            connection=connection.id,
            client=connection.client or None,
            peer=connection.address,
            reason=error.message,
        )

    def parting(self, connection: Connection) -> None:
        """Let a connection end in order, within bounds."""
        self._crowd.part(connection, self.limits)

    def left(self, connection: Connection) -> None:
        """Forget a connection."""
        self._crowd.leave(connection)
        log.event("left", logging.DEBUG, connection=connection.id)

    # Steps.

    def _welcome(self, connection: Connection, name: str) -> None:
        connection.client = name
        self._metrics.handshake("authenticated")
        log.event("authenticated", connection=connection.id, client=name, peer=connection.address)

    async def _show_health(self) -> list[asyncio.Server]:
        """Serve metrics and health where the configuration says, if it does."""
        watch = self._metrics.watch
        watch("connections", "Open connections.", self._crowd.__len__)
        watch("half_open_connections", "Those not authenticated.", lambda: self._crowd.strangers)
        endpoint = self._live.config.metrics
        if endpoint is None:
            return []
        return [await Health(self._metrics, self._trouble).serve(endpoint)]

    def _trouble(self) -> str | None:
        """Say why no upload can be taken now, if that is so."""
        if self._stopping.is_set():
            return "shutting down"
        too_full = self._upkeep.free_bytes < self.limits.min_free
        return "the disk is nearly full" if too_full else None

    def _new_connection(self) -> Connection:
        session = Session.responder(
            self._identity,
            self._permissions.is_allowed,
            preshared_key_of=self._permissions.preshared_key_of,
            token_of=self._permissions.token_of,
        )
        return Connection(session, self, next(self._ids))

    def _on_signal(self, number: int) -> None:
        name = signal.Signals(number).name
        if self._stopping.is_set():
            log.event("killed", logging.WARNING, signal=name)
            leave_at_once(ExitCode.INTERRUPTED)
        log.event("stopping", signal=name, connections=len(self._crowd))
        self._stopping.set()

    def _reload(self) -> None:
        """Take a new configuration if it is sound; connections notice nothing."""
        systemd.notify_reloading()
        try:
            needs_restart = self._live.reload()
        except UnderpaintError as error:
            log.event("reload_refused", logging.ERROR, reason=error.message, hint=error.hint)
        else:
            log.configure(self._live.config.log_level, self._live.config.log_format)
            self._workers.resize(self.limits)
            log.event("reloaded", needs_restart=",".join(needs_restart) or None)
        systemd.notify("READY=1")

    async def _obey_permissions(self) -> None:
        """Cut off whoever was revoked, and forget what cannot be resumed any more."""
        async for _ in self._permissions.changes(self._workers):
            cut_off(self._crowd, self._permissions, then=self._upkeep.sweep_soon)
            self._upkeep.sweep_soon()
