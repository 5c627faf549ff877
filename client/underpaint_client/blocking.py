"""The client without an event loop: `with BlockingClient(address) as client: ...`."""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, Unpack

from underpaint_client.blocking_connection import BlockingConnection
from underpaint_client.client import TIMEOUT_SECONDS, TOKEN_BYTES
from underpaint_client.destination import Destination
from underpaint_client.exchange import Conversation, Result, echo, upload
from underpaint_client.prepare import Prepared, PushOptions, prepare
from underpaint_client.progress import Progress
from underpaint_client.receipts import PushReceipt, receipt_of
from underpaint_client.retrying import RETRIES, Attempts, connection_is_over
from underpaint_client.sources import PictureSource, SecretSource
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionFailed, Refused, VersionMismatch
from underpaint_common.wire import Address


class BlockingClient:
    """A connection to one server, opened by ``with``; parameters and errors as of `Client`.

    Several threads may share one: their deliveries take turns on the connection, which is
    renewed when it breaks. A push ends early when its progress callback raises, when the thread
    is interrupted (Ctrl-C), and when another thread calls `close`: what the server holds of it
    by then is resumed when the same `Prepared` is delivered again.
    """

    def __init__(
        self,
        address: Address | str,
        *,
        identity: Identity | str | os.PathLike[str] | None = None,
        timeout: float = TIMEOUT_SECONDS,
        retries: int = RETRIES,
        preshared_key: bytes | None = None,
        invitation_token: bytes | None = None,
    ) -> None:
        self.destination = Destination.of(address, identity, preshared_key, invitation_token)
        self.timeout = timeout
        self.retries = retries
        self._connection: BlockingConnection | None = None
        self._connect_seconds = 0.0
        self._one_at_a_time = threading.Lock()
        self._closed = threading.Event()
        self._closed.set()

    @property
    def address(self) -> Address:
        """Where the server is, and which key it must hold."""
        return self.destination.address

    @property
    def identity(self) -> Identity:
        """Who we are."""
        return self.destination.identity

    def __enter__(self) -> Self:
        self._connection = self._connect()
        self._closed.clear()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._connection is not None and not isinstance(error, Exception | None):
            self._connection.abort()  # who interrupts does not want to wait for a goodbye
        self.close()

    def close(self) -> None:
        """End the connection; a push of another thread ends with `ConnectionFailed`."""
        self._closed.set()
        connection = self._connection
        if connection is None:
            return
        if self._one_at_a_time.acquire(blocking=False):
            try:
                self._connection = None
                connection.close()
            finally:
                self._one_at_a_time.release()
        else:
            connection.interrupt()

    def push(
        self,
        secret: SecretSource,
        *,
        cover: PictureSource,
        progress: Progress | None = None,
        **options: Unpack[PushOptions],
    ) -> PushReceipt:
        """Hide a secret in a cover, send it, and return the receipt; all as of `Client.push`."""
        self.introduce()
        prepared = self.prepare(secret, cover=cover, progress=progress, **options)
        return self.deliver(prepared, progress=progress)

    def introduce(self) -> None:
        """Let the server see who we are, before work that may take long; as of `Client`."""
        self._insist(lambda: echo(secrets.token_bytes(TOKEN_BYTES)))

    def prepare(
        self,
        secret: SecretSource,
        *,
        cover: PictureSource,
        progress: Progress | None = None,
        **options: Unpack[PushOptions],
    ) -> Prepared:
        """Do the first half of a push: hide the secret so that only this server finds it."""
        return prepare(secret, cover, self.destination.stego_key, progress=progress, **options)

    def deliver(self, prepared: Prepared, *, progress: Progress | None = None) -> PushReceipt:
        """Do the second half of a push: send the stego image and wait for the receipt.

        Done again with the same `Prepared`, on whatever connection, it resumes the upload or
        gets the same receipt once more; nothing is stored twice.
        """
        delivered = self._insist(lambda: upload(prepared, progress))
        return receipt_of(prepared, delivered, self._connect_seconds)

    def ping(self) -> float:
        """Return the seconds that a message and its answer take."""
        self._check_open()
        with self._one_at_a_time:
            self._usable_connection()
        started = time.perf_counter()
        self._converse(echo(secrets.token_bytes(TOKEN_BYTES)))
        return time.perf_counter() - started

    def _insist(self, begin: Callable[[], Conversation[Result]]) -> Result:
        """Have a conversation, again and again while what prevents it may pass."""
        attempts = Attempts(self.retries)
        while True:
            self._check_open()
            try:
                return self._converse(begin())
            except (Refused, ConnectionFailed) as error:
                self._check_open()
                self._closed.wait(attempts.pause_after(error))

    def _converse(self, conversation: Conversation[Result]) -> Result:
        """Have a conversation, when it is its turn, on a connection that is fit for it."""
        with self._one_at_a_time:
            connection = self._usable_connection()
            try:
                return connection.converse(conversation)
            except BaseException as error:
                if connection_is_over(error):
                    connection.abort()
                raise

    def _check_open(self) -> None:
        if self._closed.is_set():
            raise ConnectionFailed("not connected", hint="use the client in `with`")

    def _usable_connection(self) -> BlockingConnection:
        connection = self._connection
        if connection is None or connection.is_over:
            if connection is not None:
                connection.abort()
            self._connection = connection = self._connect()
            if self._closed.is_set():  # by another thread, which knew the old one alone
                connection.abort()
        return connection

    def _connect(self) -> BlockingConnection:
        started = time.perf_counter()
        host, port = self.address.host, self.address.port
        link = self.destination.link()
        try:
            connection = BlockingConnection.open(link, host, port, timeout=self.timeout)
        except OSError as error:
            raise self.destination.unreachable(error) from error
        try:
            connection.wait_established()
        except BaseException as error:
            connection.abort()
            if isinstance(error, ConnectionFailed) and not isinstance(error, VersionMismatch):
                raise self.destination.handshake_failed(error) from error
            raise
        self._connect_seconds = time.perf_counter() - started
        return connection
