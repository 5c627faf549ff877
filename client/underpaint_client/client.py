"""The client as a library: `async with Client(address) as c: await c.push(secret, cover=...)`."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from underpaint_client.connection import Connection
from underpaint_client.places import identity_path
from underpaint_client.prepare import Prepared, prepare
from underpaint_client.sources import PictureSource, SecretSource
from underpaint_common.crypto import stego_key
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import (
    ConnectionFailed,
    Damaged,
    HandshakeFailed,
    ProtocolError,
    Refused,
    VersionMismatch,
)
from underpaint_common.payload import HideReport, Mode
from underpaint_common.wire import (
    Address,
    Ping,
    Pong,
    Push,
    PushAccepted,
    PushEnd,
    Receipt,
    Refusal,
    ServerMessage,
    Session,
)

TIMEOUT_SECONDS = 30.0
CHUNK_BYTES = 1 << 20
RECEIPT_PATIENCE = 10.0  # a busy server lets uploads wait for their turn
TOKEN_BYTES = 16
Answer = TypeVar("Answer", bound=ServerMessage)


@dataclass(frozen=True, slots=True)
class StageSeconds:
    """How long each stage of a push took.

    `store` is the wait for the receipt: the server extracts, verifies and makes durable.
    """

    connect: float
    read: float
    hide: float
    encode: float
    send: float
    store: float


@dataclass(frozen=True, slots=True)
class PushReceipt:
    """The server's word that the secret is stored, durably.

    Attributes
    ----------
    id, name, media_type : str
        As the server keeps it.
    bytes : int
        Size of the stored secret.
    sha256 : str
        Its digest, in hexadecimal.
    received_at : str
        ISO 8601, UTC.
    stego_bytes : int
        Size of the stego image that was sent.
    report : HideReport
        What hiding did to the cover.
    seconds : StageSeconds
        Time by stage.
    """

    id: str
    name: str
    media_type: str
    bytes: int
    sha256: str
    received_at: str
    stego_bytes: int
    report: HideReport
    seconds: StageSeconds


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
    ) -> None:
        self.address = address if isinstance(address, Address) else Address.parse(address)
        if not isinstance(identity, Identity):
            identity = Identity.load(identity_path(None if identity is None else Path(identity)))
        self.identity = identity
        self.timeout = timeout
        self._connection: Connection | None = None
        self._connect_seconds = 0.0
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
        self,
        secret: SecretSource,
        *,
        cover: PictureSource,
        mode: Mode | str = Mode.AUTO,
        planes: int | None = None,
        name: str | None = None,
    ) -> PushReceipt:
        """Hide a secret in a cover, send it, and return the server's receipt.

        Parameters
        ----------
        secret, cover, mode, planes, name
            As in `underpaint_client.hide`.

        Raises
        ------
        DoesNotFit, UnusableImage, LocalFileError, UsageError
            Before anything is sent.
        Refused, ConnectionFailed
            While sending; nothing is stored then, or the answer was lost on its way.
        """
        prepared = await self.prepare(secret, cover=cover, mode=mode, planes=planes, name=name)
        return await self.deliver(prepared)

    async def prepare(
        self,
        secret: SecretSource,
        *,
        cover: PictureSource,
        mode: Mode | str = Mode.AUTO,
        planes: int | None = None,
        name: str | None = None,
    ) -> Prepared:
        """Do the first half of a push: hide the secret so that only this server finds it."""
        key = stego_key.from_identities(self.identity, self.address.server_key, own_is_sender=True)
        return await asyncio.to_thread(
            prepare, secret, cover, key, mode=mode, planes=planes, name=name
        )

    async def deliver(self, prepared: Prepared) -> PushReceipt:
        """Do the second half of a push: send the stego image and wait for the receipt."""
        connection = self._open_connection()
        async with self._one_at_a_time:
            started = time.perf_counter()
            accepted = _expect(await self._ask(Push(upload_id=prepared.upload_id)), PushAccepted)
            await _send_stego(connection, prepared, accepted.offset)
            sent = time.perf_counter()
            receipt = _expect(await connection.receive(patience=RECEIPT_PATIENCE), Receipt)
            stored = time.perf_counter()
        _check_receipt(receipt, prepared)
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
            pong = _expect(await self._ask(Ping(token=token)), Pong)
            if pong.token != token:
                raise ProtocolError("the server answered another ping")
            return time.perf_counter() - started

    async def _ask(self, message: Push | Ping) -> ServerMessage:
        connection = self._open_connection()
        await connection.send_message(message)
        return await connection.receive()

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


async def _send_stego(connection: Connection, prepared: Prepared, offset: int) -> None:
    """Send the stego image from an offset on; stop when the server speaks before the end."""
    stego = memoryview(prepared.stego)
    if not 0 <= offset <= len(stego):
        raise ProtocolError("the server wants to resume at a place that does not exist")
    try:
        for first in range(offset, len(stego), CHUNK_BYTES):
            if connection.has_message:
                return
            await connection.send_data(stego[first : first + CHUNK_BYTES])
        await connection.send_message(PushEnd(stego_bytes=len(stego), sha256=prepared.stego_sha256))
    except ConnectionFailed:
        # The reason may have arrived before the connection broke.
        if not connection.has_message:
            raise


def _expect(message: ServerMessage, kind: type[Answer]) -> Answer:
    if isinstance(message, kind):
        return message
    if isinstance(message, Refusal):
        retry = message.retry_after
        raise Refused(
            message.message,
            code=message.code,
            retry_after=retry,
            hint=None if retry is None else f"try again in {retry:g} s",
        )
    raise ProtocolError(f"the server sent {type(message).__name__} out of turn")


def _check_receipt(receipt: Receipt, prepared: Prepared) -> None:
    expected = prepared.secret_sha256
    if expected is not None and receipt.sha256 != expected:
        raise Damaged("the server's receipt is for other bytes than those that were hidden")


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
