"""What is said to a server to deliver a stego image, without any I/O.

A conversation is a generator: it yields what the connection shall do next, and is sent what
came of it. The asyncio shell and the blocking one both drive these, and so say the same.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from underpaint_client.prepare import Prepared
from underpaint_client.progress import Progress, ProgressEvent, Stage
from underpaint_common.errors import ConnectionFailed, Damaged, ProtocolError, Refused
from underpaint_common.wire import (
    ClientMessage,
    Ping,
    Pong,
    Push,
    PushAccepted,
    PushEnd,
    Receipt,
    Refusal,
    ServerMessage,
)

CHUNK_BYTES = 1 << 20
RECEIPT_PATIENCE = 10.0  # a busy server lets uploads wait for their turn
Answer = TypeVar("Answer", bound=ServerMessage)
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Say:
    """Send a message."""

    message: ClientMessage


@dataclass(frozen=True, slots=True)
class Send:
    """Send data."""

    data: memoryview


@dataclass(frozen=True, slots=True)
class Hear:
    """Return the server's next message, which may take so many times longer than usual."""

    patience: float = 1.0


@dataclass(frozen=True, slots=True)
class HasSpoken:
    """Return whether a message is there to be heard, without waiting."""


Step: TypeAlias = Say | Send | Hear | HasSpoken
Outcome: TypeAlias = ServerMessage | bool | None
Conversation: TypeAlias = Generator[Step, Outcome, Result]
"""Where a step cannot be done, `ConnectionFailed` is thrown in."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How an upload ended.

    Attributes
    ----------
    receipt : Receipt
        The server's, believed.
    send_seconds, store_seconds : float
        How long sending took, and waiting for the receipt.
    """

    receipt: Receipt
    send_seconds: float
    store_seconds: float


def upload(prepared: Prepared, progress: Progress | None = None) -> Conversation[Delivered]:
    """Send what the server does not have of a stego image, and hear the receipt.

    Raises
    ------
    Refused
        The server said no; it awaits the next message.
    ConnectionFailed
        The connection ended, and the server had not said why; or it broke the protocol.
    Damaged
        The receipt is for other bytes.
    """
    started = time.perf_counter()
    offset = yield from _begin(prepared)
    yield from _send_stego(prepared, offset, progress)
    sent = time.perf_counter()
    _tell(progress, Stage.STORE, 0, prepared)
    receipt = yield from _hear(Receipt, patience=RECEIPT_PATIENCE)
    stored = time.perf_counter()
    _check_receipt(receipt, prepared)
    _tell(progress, Stage.STORE, len(prepared.stego), prepared)
    return Delivered(receipt, sent - started, stored - sent)


def echo(token: bytes) -> Conversation[None]:
    """Say a token and hear the same.

    Raises
    ------
    ProtocolError
        The answer is another one.
    """
    yield Say(Ping(token=token))
    pong = yield from _hear(Pong)
    if pong.token != token:
        raise ProtocolError("the server answered another ping")


def _begin(prepared: Prepared) -> Conversation[int]:
    """Ask to upload; return the offset from which the server needs the stego image.

    Where what the server has is not the beginning of ours, it is told to forget that.
    """
    yield Say(Push(upload_id=prepared.upload_id))
    accepted = yield from _hear(PushAccepted)
    if _is_beginning_of(prepared.stego, accepted):
        return accepted.offset
    yield Say(Push(upload_id=prepared.upload_id, anew=True))
    accepted = yield from _hear(PushAccepted)
    if accepted.offset:
        raise ProtocolError("the server wants to resume at a place that does not exist")
    return 0


def _send_stego(prepared: Prepared, offset: int, progress: Progress | None) -> Conversation[None]:
    """Send the stego image from an offset on; leave the rest out when the server speaks early.

    The upload is ended in any case: a server that refused it skips what comes until then.
    """
    stego = memoryview(prepared.stego)
    try:
        _tell(progress, Stage.SEND, offset, prepared)
        for first in range(offset, len(stego), CHUNK_BYTES):
            if (yield HasSpoken()):
                break
            chunk = stego[first : first + CHUNK_BYTES]
            yield Send(chunk)
            _tell(progress, Stage.SEND, first + len(chunk), prepared)
        yield Say(PushEnd(stego_bytes=len(stego), sha256=prepared.stego_sha256))
    except ConnectionFailed:
        # The reason may have arrived before the connection broke.
        if not (yield HasSpoken()):
            raise


def _hear(kind: type[Answer], *, patience: float = 1.0) -> Conversation[Answer]:
    """Return the next message if it is of the kind that is due.

    Raises
    ------
    Refused
        The server said no instead.
    ProtocolError
        It said something else.
    """
    message = yield Hear(patience)
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
    """Believe a receipt only if it is for what was hidden."""
    expected = prepared.secret_sha256
    if expected is not None and receipt.sha256 != expected:
        raise Damaged("the server's receipt is for other bytes than those that were hidden")


def _is_beginning_of(stego: bytes, accepted: PushAccepted) -> bool:
    there = memoryview(stego)[: accepted.offset]
    return len(there) == accepted.offset and hashlib.sha256(there).digest() == accepted.sha256


def _tell(progress: Progress | None, stage: Stage, done: int, prepared: Prepared) -> None:
    if progress is not None:
        progress(ProgressEvent(stage, done, len(prepared.stego)))
