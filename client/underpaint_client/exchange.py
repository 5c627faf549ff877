"""The steps of an upload over an open connection, and what may be answered to each."""

from __future__ import annotations

import hashlib
from typing import TypeVar

from underpaint_client.connection import Connection
from underpaint_client.prepare import Prepared
from underpaint_common.errors import ConnectionFailed, Damaged, ProtocolError, Refused
from underpaint_common.wire import (
    Push,
    PushAccepted,
    PushEnd,
    Receipt,
    Refusal,
    ServerMessage,
)

CHUNK_BYTES = 1 << 20
Answer = TypeVar("Answer", bound=ServerMessage)


async def begin(connection: Connection, prepared: Prepared) -> int:
    """Ask to upload; return the offset from which the server needs the stego image.

    Where what the server has is not the beginning of ours, it is told to forget that.

    Raises
    ------
    Refused
        The server said no.
    ProtocolError
        There is no such offset.
    """
    await connection.send_message(Push(upload_id=prepared.upload_id))
    accepted = expect(await connection.receive(), PushAccepted)
    if _is_beginning_of(prepared.stego, accepted):
        return accepted.offset
    await connection.send_message(Push(upload_id=prepared.upload_id, anew=True))
    if expect(await connection.receive(), PushAccepted).offset:
        raise ProtocolError("the server wants to resume at a place that does not exist")
    return 0


async def send_stego(connection: Connection, prepared: Prepared, offset: int) -> None:
    """Send the stego image from an offset on; leave the rest out when the server speaks early.

    The upload is ended in any case: a server that refused it skips what comes until then.

    Raises
    ------
    ConnectionFailed
        The connection ended, and the server had not said why.
    """
    stego = memoryview(prepared.stego)
    try:
        for first in range(offset, len(stego), CHUNK_BYTES):
            if connection.has_message:
                break
            await connection.send_data(stego[first : first + CHUNK_BYTES])
        await connection.send_message(PushEnd(stego_bytes=len(stego), sha256=prepared.stego_sha256))
    except ConnectionFailed:
        # The reason may have arrived before the connection broke.
        if not connection.has_message:
            raise


def expect(message: ServerMessage, kind: type[Answer]) -> Answer:
    """Return a message if it is of the kind that is due.

    Raises
    ------
    Refused
        The server said no instead.
    ProtocolError
        It said something else.
    """
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


def check_receipt(receipt: Receipt, prepared: Prepared) -> None:
    """Believe a receipt only if it is for what was hidden.

    Raises
    ------
    Damaged
        It is for other bytes.
    """
    expected = prepared.secret_sha256
    if expected is not None and receipt.sha256 != expected:
        raise Damaged("the server's receipt is for other bytes than those that were hidden")


def _is_beginning_of(stego: bytes, accepted: PushAccepted) -> bool:
    there = memoryview(stego)[: accepted.offset]
    return len(there) == accepted.offset and hashlib.sha256(there).digest() == accepted.sha256
