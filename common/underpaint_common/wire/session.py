"""One connection's protocol, either side of it, without any I/O.

Any bytes given to a session either are what the protocol allows next or raise one of the
documented errors, after which the session is dead. The peer is told nothing then: the shell
closes the connection. There is one exception: a responder's shell answers `VersionMismatch`
with `PREAMBLE` before it closes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Self

from underpaint_common.crypto.aead import BytesLike
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionCut, ConnectionFailed, ProtocolError
from underpaint_common.wire import messages, records
from underpaint_common.wire.buffer import ReceiveBuffer
from underpaint_common.wire.events import (
    Closed,
    DataReceived,
    Established,
    Event,
    MessageReceived,
    Outgoing,
)
from underpaint_common.wire.handshake import (
    AllowClient,
    AnyHandshake,
    InitiatorHandshake,
    PresharedKeyOf,
    ResponderHandshake,
)
from underpaint_common.wire.messages import ClientMessage, ServerMessage
from underpaint_common.wire.preamble import PREAMBLE
from underpaint_common.wire.records import RecordLimits, RecordOpener, RecordSealer, RecordType
from underpaint_common.wire.states import State, Step, WrongState, allows, following

_SMALL_BUFFER = len(PREAMBLE) + records.LENGTH_BYTES + records.MAX_UNAUTHENTICATED
# Two records: bytes behind a whole one need not be moved while the next is half received.
_LARGE_BUFFER = 2 * (records.LENGTH_BYTES + records.MAX_SEALED)
_DEFAULT_LIMITS = RecordLimits()

_HANDSHAKE_STATES = frozenset({State.NEW, State.AWAITS_HANDSHAKE, State.AWAITS_REPLY})
_CONFIRMED_STATES = frozenset({State.OPEN, State.PEER_CLOSED})
_RECORD_STATES = frozenset({State.UNCONFIRMED, State.OPEN, State.WE_CLOSED})


class Session:
    """A connection's protocol; made by `initiator` or `responder`.

    Received bytes go into `get_buffer()` and are counted in by `buffer_updated`, which
    returns events. What the `send_` methods return is to be written in the order in which
    it was made.
    """

    def __init__(
        self,
        handshake: AnyHandshake,
        decode: Callable[[memoryview], ClientMessage | ServerMessage],
        limits: RecordLimits,
    ) -> None:
        self._handshake = handshake
        self._decode = decode
        self._limits = limits
        self._state = State.NEW
        self._established = False
        self._said_something = False
        self._buffer = ReceiveBuffer(_SMALL_BUFFER, _LARGE_BUFFER)
        self._sealer: RecordSealer | None = None
        self._opener: RecordOpener | None = None

    def __repr__(self) -> str:
        return f"<Session that {self._state.value}>"

    @classmethod
    def initiator(
        cls,
        identity: Identity,
        server_key: bytes,
        *,
        preshared_key: bytes | None = None,
        limits: RecordLimits = _DEFAULT_LIMITS,
    ) -> Self:
        """Return a client's session.

        Parameters
        ----------
        identity : Identity
            The client's.
        server_key : bytes
            Public key that the server must hold, 32 bytes.
        preshared_key : bytes, optional
            32 bytes that the server knows for this client.
        limits : RecordLimits, optional
            Part of the protocol; other values are for tests.
        """
        handshake = InitiatorHandshake(identity, server_key, preshared_key)
        return cls(handshake, messages.decode_server_message, limits)

    @classmethod
    def responder(
        cls,
        identity: Identity,
        is_allowed: AllowClient,
        *,
        preshared_key_of: PresharedKeyOf = lambda _: None,
        limits: RecordLimits = _DEFAULT_LIMITS,
    ) -> Self:
        """Return a server's session.

        Parameters
        ----------
        identity : Identity
            The server's.
        is_allowed : callable
            Tells whether the client with this public key may connect; called once, before
            the client is authenticated, so that it should be quick and change nothing.
        preshared_key_of : callable, optional
            Gives the 32 bytes that this client was given beforehand, or None.
        limits : RecordLimits, optional
            Part of the protocol; other values are for tests.
        """
        handshake = ResponderHandshake(identity, is_allowed, preshared_key_of)
        return cls(handshake, messages.decode_client_message, limits)

    @property
    def state(self) -> State:
        """Where the session is in `states.TRANSITIONS`."""
        return self._state

    @property
    def established(self) -> bool:
        """Whether the peer was authenticated; stays true when the session ends."""
        return self._established

    @property
    def peer(self) -> bytes:
        """The peer's public key, a mere claim until `established`.

        Raises
        ------
        WrongState
            A responder's handshake did not come so far.
        """
        if self._handshake.peer is None:
            raise WrongState("nobody has said yet who the peer is")
        return self._handshake.peer

    def start(self) -> bytes:
        """Return the initiator's first bytes: preamble and handshake record 1.

        Raises
        ------
        UsageError
            The server's key cannot be used.
        """
        following_state = following(self._state, Step.START)
        opening = self._handshake.start()
        self._state = following_state
        return opening

    def get_buffer(self, sizehint: int = -1) -> memoryview:  # noqa: ARG002 (asyncio's signature)
        """Return where to put received bytes; never empty.

        Views of earlier `DataReceived` events are void from here on.
        """
        if self._state is State.FAILED:
            self._buffer.clear()
        return self._buffer.writable()

    def buffer_updated(self, n: int) -> list[Event]:
        """Count in `n` bytes that were put into the buffer, and return what they mean.

        Raises
        ------
        ProtocolError
            They are not what the protocol allows; the message says how.
        HandshakeFailed
            The peer has, or was addressed by, another key, or is not allowed.
        VersionMismatch
            The peer speaks another version; a responder answers with `PREAMBLE`.
        WrongState
            The session failed before, or was not started.
        """
        if self._state is State.FAILED or (
            self._state is State.NEW and isinstance(self._handshake, InitiatorHandshake)
        ):
            raise WrongState(f"the session {self._state.value}")
        self._buffer.received(n)
        events: list[Event] = []
        try:
            while (more := self._advance()) is not None:
                events += more
        except ConnectionFailed:
            self._state = State.FAILED
            raise
        return events

    def end_of_stream(self) -> None:
        """Note that the peer will send no more bytes.

        Raises
        ------
        HandshakeFailed
            A server closed instead of answering the handshake.
        ConnectionCut
            The closing record did not come before.
        """
        if self._state in {State.PEER_CLOSED, State.CLOSED}:
            return
        before, self._state = self._state, State.FAILED
        if before is State.AWAITS_REPLY and isinstance(self._handshake, InitiatorHandshake):
            raise self._handshake.unanswered()
        raise ConnectionCut(
            f"the connection was cut without a closing record while the session {before.value}"
        )

    def send_message(self, message: ClientMessage | ServerMessage) -> bytes:
        """Return the record of a message.

        Raises
        ------
        WrongState
            The session is not open.
        ValueError
            A field of the message is out of bounds.
        """
        encoded = messages.encode(message)
        self._said_something = True
        return bytes(self._seal(Step.RECORD_SENT, RecordType.MESSAGE, encoded))

    def send_data(self, data: BytesLike) -> Iterator[bytearray]:
        """Yield the records of some data, each sealed when it is asked for.

        Raises
        ------
        WrongState
            The session is not open, or no message of ours came before: data follows `Push`.
        """
        view = memoryview(data).cast("B")
        for start in range(0, len(view), records.MAX_RECORD):
            if not self._said_something:
                raise WrongState("the first record must be a message")
            part = view[start : start + records.MAX_RECORD]
            yield self._seal(Step.RECORD_SENT, RecordType.DATA, part)

    def send_close(self) -> bytes:
        """Return the closing record; no bytes where none can be sent any more or yet."""
        if not allows(self._state, Step.CLOSING_SENT):
            return b""
        return bytes(self._seal(Step.CLOSING_SENT, RecordType.CLOSE))

    def _advance(self) -> list[Event] | None:
        """Take one thing off the buffer; None when it is not all there yet."""
        if self._state in _HANDSHAKE_STATES:
            return self._advance_handshake()
        if self._state in _RECORD_STATES:
            return self._advance_record()
        if len(self._buffer):
            raise ProtocolError("bytes came after the closing record")
        return None

    def _advance_handshake(self) -> list[Event] | None:
        progress = self._handshake.advance(self._buffer)
        if progress is None:
            return None
        self._state = following(self._state, progress.step)
        if progress.transport is not None:
            self._sealer = RecordSealer(progress.transport.sending, self._limits)
            self._opener = RecordOpener(progress.transport.receiving, self._limits)
        answer: list[Event] = [Outgoing(progress.answer)] if progress.answer else []
        return answer + self._establish()

    def _advance_record(self) -> list[Event] | None:
        confirmed = self._state is not State.UNCONFIRMED
        limit = records.MAX_SEALED if confirmed else records.MAX_UNAUTHENTICATED
        taken = records.take_record(self._buffer, limit)
        if taken is None or self._opener is None:
            return None
        record_type, content = self._opener.open_in_place(*taken)
        if record_type is RecordType.DATA and not confirmed:
            raise ProtocolError("the first record is not a message")
        closing = record_type is RecordType.CLOSE
        step = Step.CLOSING_RECEIVED if closing else Step.RECORD_RECEIVED
        self._state = following(self._state, step)
        return [*self._establish(), self._event(record_type, content)]

    def _event(self, record_type: RecordType, content: memoryview) -> Event:
        match record_type:
            case RecordType.MESSAGE:
                return MessageReceived(self._decode(content))
            case RecordType.DATA:
                return DataReceived(content)
            case RecordType.CLOSE:
                return Closed()

    def _establish(self) -> list[Event]:
        """Note, once, that the peer is authenticated."""
        peer = self._handshake.peer
        if self._established or peer is None or self._state not in _CONFIRMED_STATES:
            return []
        self._established = True
        return [Established(peer)]

    def _seal(self, step: Step, record_type: RecordType, content: BytesLike = b"") -> bytearray:
        state = following(self._state, step)
        if self._sealer is None:
            raise WrongState(f"the session {self._state.value}")
        try:
            record = self._sealer.seal(record_type, content)
        except ProtocolError:
            self._state = State.FAILED
            raise
        self._state = state
        return record
