"""The client as a library: `async with Client(address) as c: await c.push(secret, cover=...)`."""

from __future__ import annotations

import asyncio
import itertools
import os
import secrets
import socket
import time
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

from underpaint_client.connection import Connection
from underpaint_client.exchange import begin, check_receipt, expect, send_stego
from underpaint_client.identities import load_identity
from underpaint_client.prepare import Prepared, PushOptions, prepare
from underpaint_client.receipts import PushReceipt, StageSeconds
from underpaint_client.retrying import RETRIES, connection_is_over, pause_before
from underpaint_client.sources import PictureSource, SecretSource
from underpaint_common.crypto import stego_key
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import (
    ConnectionFailed,
    HandshakeFailed,
    ProtocolError,
    Refused,
    VersionMismatch,
)
from underpaint_common.wire import (
    Address,
    Ping,
    Pong,
    Receipt,
    Session,
)

TIMEOUT_SECONDS = 30.0
RECEIPT_PATIENCE = 10.0  # a busy server lets uploads wait for their turn
TOKEN_BYTES = 16


class Client:
    """A connection to one server, opened by ``async with``.

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
    ) -> None:
        self.address = address if isinstance(address, Address) else Address.parse(address)
        if not isinstance(identity, Identity):
            identity = load_identity(None if identity is None else Path(identity))
        self.identity = identity
        self.timeout = timeout
        self.retries = retries
        self._connection: Connection | None = None
        self._connect_seconds = 0.0
        self._is_broken = False
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        started = time.perf_counter()
        self._connection = await self._connect()
        self._connect_seconds = time.perf_counter() - started
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
        self, secret: SecretSource, *, cover: PictureSource, **options: Unpack[PushOptions]
    ) -> PushReceipt:
        """Hide a secret in a cover, send it, and return the server's receipt.

        Parameters
        ----------
        secret, cover
            As in `underpaint_client.hide`.
        **options
            `mode`, `planes`, `form`, `name`, `keep_metadata` and `limits`, as there.

        Raises
        ------
        DoesNotFit, UnusableImage, LocalFileError, UsageError
            Before anything is sent.
        Refused, ConnectionFailed
            While sending; nothing is stored then, or the answer was lost on its way.
        """
        prepared = await self.prepare(secret, cover=cover, **options)
        return await self.deliver(prepared)

    async def prepare(
        self, secret: SecretSource, *, cover: PictureSource, **options: Unpack[PushOptions]
    ) -> Prepared:
        """Do the first half of a push: hide the secret so that only this server finds it."""
        key = stego_key.from_identities(self.identity, self.address.server_key, own_is_sender=True)
        return await asyncio.to_thread(prepare, secret, cover, key, **options)

    async def deliver(self, prepared: Prepared) -> PushReceipt:
        """Do the second half of a push: send the stego image and wait for the receipt.

        Done again with the same `Prepared`, on whatever connection, it resumes the upload or
        gets the same receipt once more; nothing is stored twice.
        """
        self._open_connection()
        for attempt in itertools.count(1):
            try:
                return await self._deliver_once(prepared)
            except (Refused, ConnectionFailed) as error:
                pause = pause_before(attempt, error) if attempt <= self.retries else None
                if pause is None:
                    raise
                self._is_broken = self._is_broken or connection_is_over(error)
            await asyncio.sleep(pause)
        raise AssertionError("counting never ends")

    async def _deliver_once(self, prepared: Prepared) -> PushReceipt:
        async with self._one_at_a_time:
            if self._is_broken:
                self._connection = await self._connect()
                self._is_broken = False
            connection = self._open_connection()
            started = time.perf_counter()
            offset = await begin(connection, prepared)
            await send_stego(connection, prepared, offset)
            sent = time.perf_counter()
            receipt = expect(await connection.receive(patience=RECEIPT_PATIENCE), Receipt)
            stored = time.perf_counter()
        check_receipt(receipt, prepared)
        return PushReceipt(
            id=receipt.id,
            name=receipt.name,
            media_type=receipt.media_type,
            bytes=receipt.bytes,
            sha256=receipt.sha256.hex(),
            received_at=receipt.received_at,
            stego_bytes=len(prepared.stego),
            report=prepared.report,
            seconds=StageSeconds(
                connect=self._connect_seconds,
                read=prepared.seconds.read,
                hide=prepared.seconds.hide,
                encode=prepared.seconds.encode,
                send=sent - started,
                store=stored - sent,
            ),
        )

    async def ping(self) -> float:
        """Return the seconds that a message and its answer take."""
        async with self._one_at_a_time:
            token = secrets.token_bytes(TOKEN_BYTES)
            started = time.perf_counter()
            connection = self._open_connection()
            await connection.send_message(Ping(token=token))
            pong = expect(await connection.receive(), Pong)
            if pong.token != token:
                raise ProtocolError("the server answered another ping")
            return time.perf_counter() - started

    def _open_connection(self) -> Connection:
        if self._connection is None:
            raise ConnectionFailed("not connected", hint="use the client in `async with`")
        return self._connection

    async def _connect(self) -> Connection:
        host, port = self.address.host, self.address.port
        connection = Connection(
            Session.initiator(self.identity, self.address.server_key),
            f"{host}:{port}",
            timeout=self.timeout,
        )
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.timeout):
                await loop.create_connection(lambda: connection, host, port)
        except OSError as error:
            raise _unreachable(host, port, error) from error
        try:
            await connection.wait_established()
        except VersionMismatch:
            raise
        except ConnectionFailed as error:
            raise self._handshake_failed() from error
        return connection

    def _handshake_failed(self) -> HandshakeFailed:
        """Name both causes: a server is silent alike to a wrong key and to a stranger."""
        return HandshakeFailed(
            f"the handshake with {self.address.host}:{self.address.port} failed: either the key "
            "in the address is not that server's, or this identity is not allowed there",
            hint="compare the address with the operator's, or send the operator this line: "
            f"underpaintd allow NAME {self.identity.public_text}",
        )


def _unreachable(host: str, port: int, error: OSError) -> ConnectionFailed:
    """Say why in the system's words; asyncio's own text repeats the address."""
    if isinstance(error, TimeoutError):
        reason = "no answer in time"
    elif error.errno and not isinstance(error, socket.gaierror):
        reason = os.strerror(error.errno)
    else:
        reason = error.strerror or "none of its addresses accepts a connection"
    return ConnectionFailed(
        f"cannot reach {host}:{port}: {reason[:1].lower()}{reason[1:]}",
        hint="is underpaintd running there, and is the port open?",
    )
