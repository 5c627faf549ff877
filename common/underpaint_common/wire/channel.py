"""What lies under a session: handshake, state, and the records of both directions.

Bytes become events here, and contents become records; which of them an honest shell may
ask for, and when, is the session's matter.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import UNSET

from underpaint_common.crypto.aead import BytesLike, sealed_length
from underpaint_common.errors import ConnectionFailed, ProtocolError
from underpaint_common.wire import records
from underpaint_common.wire.buffer import ReceiveBuffer
from underpaint_common.wire.events import (
    Closed,
    DataReceived,
    Established,
    Event,
    MessageReceived,
    Outgoing,
)
from underpaint_common.wire.handshake import AnyHandshake
from underpaint_common.wire.messages import ClientMessage, PushAccepted, ServerMessage
from underpaint_common.wire.records import RecordLimits, RecordOpener, RecordSealer, RecordType
from underpaint_common.wire.states import State, Step, WrongState, following

Decode = Callable[[memoryview], ClientMessage | ServerMessage]

_HANDSHAKE_STATES = frozenset({State.NEW, State.AWAITS_HANDSHAKE, State.AWAITS_REPLY})
_CONFIRMED_STATES = frozenset({State.OPEN, State.PEER_CLOSED})
_RECORD_STATES = frozenset({State.UNCONFIRMED, State.OPEN, State.WE_CLOSED})


class Channel:
    """The state of one connection, moved on by received bytes and by what is sent.

    Parameters
    ----------
    handshake : InitiatorHandshake or ResponderHandshake
        Decides the role.
    decode : callable
        Reads the messages that the peer's role may send.
    limits : RecordLimits
        When keys are replaced.

    Attributes
    ----------
    state : State
        Where it is in `states.TRANSITIONS`.
    established : bool
        Whether the peer was authenticated; stays true when the connection ends.
    most_data : int
        Longest data record that is taken, in bytes of content; 0 takes none.
    record_bytes : int
        Longest data record that the server takes, as it said last.
    """

    def __init__(self, handshake: AnyHandshake, decode: Decode, limits: RecordLimits) -> None:
        self.state = State.NEW
        self.established = False
        self.most_data = records.MAX_RECORD
        self.record_bytes = records.MAX_RECORD
        self._handshake = handshake
        self._decode = decode
        self._limits = limits
        self._sealer: RecordSealer | None = None
        self._opener: RecordOpener | None = None

    def start(self) -> bytes:
        """Return the initiator's first bytes."""
        state = following(self.state, Step.START)
        opening = self._handshake.start()
        self.state = state
        return opening

    def advance(self, buffer: ReceiveBuffer) -> list[Event]:
        """Take everything that is whole off the buffer, and return what it means.

        Raises
        ------
        ConnectionFailed
            Received bytes are not what the protocol allows; the state is `FAILED` then.
        """
        events: list[Event] = []
        try:
            while (more := self._advance(buffer)) is not None:
                events += more
        except ConnectionFailed:
            self.state = State.FAILED
            raise
        return events

    def seal(self, step: Step, record_type: RecordType, content: BytesLike = b"") -> bytearray:
        """Return the next record of ours.

        Raises
        ------
        WrongState
            Now is not the time for it.
        ProtocolError
            The record numbers are used up; the state is `FAILED` then.
        """
        state = following(self.state, step)
        if self._sealer is None:
            raise WrongState(f"the session {self.state.value}")
        try:
            record = self._sealer.seal(record_type, content)
        except ProtocolError:
            self.state = State.FAILED
            raise
        self.state = state
        return record

    def _advance(self, buffer: ReceiveBuffer) -> list[Event] | None:
        """Take one thing off the buffer; None when it is not all there yet."""
        if self.state in _HANDSHAKE_STATES:
            return self._advance_handshake(buffer)
        if self.state in _RECORD_STATES:
            return self._advance_record(buffer)
        if len(buffer):
            raise ProtocolError("bytes came after the closing record")
        return None

    def _advance_handshake(self, buffer: ReceiveBuffer) -> list[Event] | None:
        progress = self._handshake.advance(buffer)
        if progress is None:
            return None
        self.state = following(self.state, progress.step)
        if progress.transport is not None:
            self._sealer = RecordSealer(progress.transport.sending, self._limits)
            self._opener = RecordOpener(progress.transport.receiving, self._limits)
        answer: list[Event] = [Outgoing(progress.answer)] if progress.answer else []
        return answer + self._establish()

    def _advance_record(self, buffer: ReceiveBuffer) -> list[Event] | None:
        confirmed = self.state is not State.UNCONFIRMED
        limit = records.MAX_UNAUTHENTICATED
        if confirmed and self.most_data:
            limit = max(limit, sealed_length(1 + self.most_data))
        taken = records.take_record(buffer, limit)
        if taken is None or self._opener is None:
            return None
        record_type, content = self._opener.open_in_place(*taken)
        if record_type is RecordType.DATA and not confirmed:
            raise ProtocolError("the first record is not a message")
        closing = record_type is RecordType.CLOSE
        step = Step.CLOSING_RECEIVED if closing else Step.RECORD_RECEIVED
        self.state = following(self.state, step)
        return [*self._establish(), self._event(record_type, content)]

    def _event(self, record_type: RecordType, content: memoryview) -> Event:
        match record_type:
            case RecordType.MESSAGE:
                message = self._decode(content)
                if isinstance(message, PushAccepted):
                    bound = message.record_bytes
                    self.record_bytes = records.MAX_RECORD if bound is UNSET else bound
                return MessageReceived(message)
            case RecordType.DATA:
                return DataReceived(content)
            case RecordType.CLOSE:
                return Closed()

    def _establish(self) -> list[Event]:
        """Note, once, that the peer is authenticated."""
        peer = self._handshake.peer
        if self.established or peer is None or self.state not in _CONFIRMED_STATES:
            return []
        self.established = True
        return [Established(peer, self._handshake.invitation)]
