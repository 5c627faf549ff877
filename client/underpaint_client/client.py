"""The client for asyncio: `async with Client(address) as c: await c.push(secret, cover=...)`."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, Unpack

from underpaint_client.connection import Connection
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

TIMEOUT_SECONDS = 30.0
TOKEN_BYTES = 16


class Client:
    """A connection to one server, opened by ``async with``.

    It serves any number of pushes, which take turns on it, and is renewed when it breaks. A
    push may be cancelled at any moment: what the server holds of it by then is resumed when
    the same `Prepared` is delivered again, and forgotten after a day otherwise.

    Parameters
    ----------
    address : Address or str
        ``underpaint://HOST:PORT/#KEY``, as the operator gave it.
    identity : Identity or path, optional
        Who we are; the identity in the configuration folder by default.
    timeout : float
        Seconds that connecting, and any single answer, may take.
    retries : int
        How often a delivery is tried again when the connection breaks or the server is busy;
        a new connection resumes where the last one ended.
    preshared_key : bytes, optional
        32 bytes that the server knows this client by besides its identity
        (`underpaintd allow --psk-file`).
    invitation_token : bytes, optional
        32 bytes of an invitation, for the connection that joins; see `joining.join`.

    Raises
    ------
    UsageError
        The address is malformed.
    LocalFileError
        The identity cannot be read.
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
        self._connection: Connection | None = None
        self._connect_seconds = 0.0
        self._one_at_a_time = asyncio.Lock()

    @property
    def address(self) -> Address:
        """Where the server is, and which key it must hold."""
        return self.destination.address

    @property
    def identity(self) -> Identity:
        """Who we are."""
        return self.destination.identity

    async def __aenter__(self) -> Self:
        self._connection = await self._connect()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if error is None or isinstance(error, Exception):
            await connection.close()
        else:  # cancelled: whoever interrupts does not want to wait for a goodbye
            connection.abort()

    async def push(
        self,
        secret: SecretSource,
        *,
        cover: PictureSource,
        progress: Progress | None = None,
        **options: Unpack[PushOptions],
    ) -> PushReceipt:
        """Hide a secret in a cover, send it, and return the server's receipt.

        Parameters
        ----------
        secret, cover
            As in `underpaint_client.hide`.
        progress : callable, optional
            Is handed a `ProgressEvent` for each step of each stage. What it raises ends the push.
        **options
            `mode`, `planes`, `form`, `name`, `keep_metadata` and `limits`, as there.

        Raises
        ------
        DoesNotFit, UnusableImage, LocalFileError, UsageError
            Before anything is sent.
        Refused, ConnectionFailed
            While sending; nothing is stored then, or the answer was lost on its way.
        Damaged
            The receipt is for other bytes than those that were hidden.
        """
        await self.introduce()
        prepared = await self.prepare(secret, cover=cover, progress=progress, **options)
        return await self.deliver(prepared, progress=progress)

    async def introduce(self) -> None:
        """Let the server see who we are, before work that may take long.

        It closes a connection on which it has not heard of a client for a few seconds.

        Raises
        ------
        Refused, ConnectionFailed
            As of `deliver`.
        """
        await self._insist(lambda: echo(secrets.token_bytes(TOKEN_BYTES)))

    async def prepare(
        self,
        secret: SecretSource,
        *,
        cover: PictureSource,
        progress: Progress | None = None,
        **options: Unpack[PushOptions],
    ) -> Prepared:
        """Do the first half of a push: hide the secret so that only this server finds it.

        That is done in a thread, which ends by itself when this is cancelled.
        """
        key = self.destination.stego_key
        return await asyncio.to_thread(prepare, secret, cover, key, progress=progress, **options)

    async def deliver(self, prepared: Prepared, *, progress: Progress | None = None) -> PushReceipt:
        """Do the second half of a push: send the stego image and wait for the receipt.

        Done again with the same `Prepared`, on whatever connection, it resumes the upload or
        gets the same receipt once more; nothing is stored twice.
        """
        delivered = await self._insist(lambda: upload(prepared, progress))
        return receipt_of(prepared, delivered, self._connect_seconds)

    async def ping(self) -> float:
        """Return the seconds that a message and its answer take."""
        self._check_entered()
        async with self._one_at_a_time:
            await self._usable_connection()
        started = time.perf_counter()
        await self._converse(echo(secrets.token_bytes(TOKEN_BYTES)))
        return time.perf_counter() - started

    async def _insist(self, begin: Callable[[], Conversation[Result]]) -> Result:
        """Have a conversation, again and again while what prevents it may pass.

        This server has taken us before: who is entered had a connection.
        """
        attempts = Attempts(self.retries)
        while True:
            self._check_entered()
            try:
                return await self._converse(begin())
            except (Refused, ConnectionFailed) as error:
                await asyncio.sleep(attempts.pause_after(error))

    async def _converse(self, conversation: Conversation[Result]) -> Result:
        """Have a conversation, when it is its turn, on a connection that is fit for it."""
        async with self._one_at_a_time:
            connection = await self._usable_connection()
            try:
                return await connection.converse(conversation)
            except BaseException as error:
                if connection_is_over(error):
                    connection.abort()
                raise

    def _check_entered(self) -> None:
        if self._connection is None:
            raise ConnectionFailed("not connected", hint="use the client in `async with`")

    async def _usable_connection(self) -> Connection:
        if self._connection is None or self._connection.is_over:
            self._connection = await self._connect()
        return self._connection

    async def _connect(self) -> Connection:
        started = time.perf_counter()
        connection = Connection(self.destination.link(), timeout=self.timeout)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.timeout):
                await loop.create_connection(
                    lambda: connection, self.address.host, self.address.port
                )
        except OSError as error:
            raise self.destination.unreachable(error) from error
        try:
            await connection.wait_established()
        except VersionMismatch:
            raise
        except ConnectionFailed as error:
            raise self.destination.handshake_failed(error) from error
        except BaseException:
            connection.abort()
            raise
        self._connect_seconds = time.perf_counter() - started
        return connection
