"""One connection's protocol, either side of it, without any I/O.

Any bytes given to a session either are what the protocol allows next or raise one of the
documented errors, after which the session is dead. The peer is told nothing then: the shell
closes the connection. There is one exception: a responder's shell answers `VersionMismatch`
with `PREAMBLE` before it closes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from underpaint_common.crypto.aead import BytesLike
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionCut
from underpaint_common.wire import messages, records
from underpaint_common.wire.buffer import ReceiveBuffer
from underpaint_common.wire.channel import Channel, Decode
from underpaint_common.wire.events import Event
from underpaint_common.wire.handshake import AnyHandshake
from underpaint_common.wire.initiator import InitiatorHandshake
from underpaint_common.wire.messages import ClientMessage, ServerMessage
from underpaint_common.wire.preamble import PREAMBLE
from underpaint_common.wire.records import RecordLimits, RecordType
from underpaint_common.wire.responder import (
    AllowClient,
    PresharedKeyOf,
    ResponderHandshake,
    TokenOf,
)
from underpaint_common.wire.states import State, Step, WrongState, allows

_SMALL_BUFFER = len(PREAMBLE) + records.LENGTH_BYTES + records.MAX_UNAUTHENTICATED
_DEFAULT_LIMITS = RecordLimits()


class Session:
    """A connection's protocol; made by `initiator` or `responder`.

    Received bytes go into `get_buffer()` and are counted in by `buffer_updated`, which
    returns events. What the `send_` methods return is to be written in the order in which
    it was made.
    """

    def __init__(self, handshake: AnyHandshake, decode: Decode, limits: RecordLimits) -> None:
        self._handshake = handshake
        self._channel = Channel(handshake, decode, limits)
        self._buffer = ReceiveBuffer(_SMALL_BUFFER)
        self._said_something = False

    def __repr__(self) -> str:
        return f"<Session that {self.state.value}>"

    @classmethod
    def initiator(
        cls,
        identity: Identity,
        server_key: bytes,
        *,
        preshared_key: bytes | None = None,
        invitation_token: bytes | None = None,
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
        invitation_token : bytes, optional
            32 bytes that the server gave out for a client which it does not know yet; they
            take the place of the pre-shared key.
        limits : RecordLimits, optional
            Part of the protocol; other values are for tests.
        """
        handshake = InitiatorHandshake(identity, server_key, preshared_key, invitation_token)
        return cls(handshake, messages.decode_server_message, limits)

    @classmethod
    def responder(
        cls,
        identity: Identity,
        is_allowed: AllowClient,
        *,
        preshared_key_of: PresharedKeyOf = lambda _: None,
        token_of: TokenOf = lambda _client, _id: None,
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
        token_of : callable, optional
            Asked instead of both when a client names an invitation: gives the 32 bytes of
            the invitation with this id if the client with this public key may use it, or
            None. It is used when `Established` comes and names it.
        limits : RecordLimits, optional
            Part of the protocol; other values are for tests.
        """
        handshake = ResponderHandshake(identity, is_allowed, preshared_key_of, token_of)
        return cls(handshake, messages.decode_client_message, limits)

    @property
    def state(self) -> State:
        """Where the session is in `states.TRANSITIONS`."""
        return self._channel.state

    @property
    def established(self) -> bool:
        """Whether the peer was authenticated; stays true when the session ends."""
        return self._channel.established

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

    @property
    def is_amid_record(self) -> bool:
        """Whether bytes have come that are no whole record yet."""
        return len(self._buffer) > 0

    def take_data(self, most: int) -> None:
        """Take data records of at most so many bytes from here on; with 0, none at all.

        A fresh session takes what the protocol allows; one without data holds little memory.
        """
        self._channel.most_data = most
        if not most:
            self._buffer.shrink()

    def abandon(self) -> None:
        """Forget what was received, with its memory: the shell will ask for nothing more."""
        self._buffer.clear()
        self._buffer.shrink()

    def start(self) -> bytes:
        """Return the initiator's first bytes: preamble and handshake record 1.

        Raises
        ------
        UsageError
            The server's key cannot be used.
        """
        return self._channel.start()

    def get_buffer(self, sizehint: int = -1) -> memoryview:  # noqa: ARG002 (asyncio's signature)
        """Return where to put received bytes; never empty.

        Views of earlier `DataReceived` events are void from here on.
        """
        if self.state is State.FAILED:
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
        if self.state is State.FAILED or (
            self.state is State.NEW and isinstance(self._handshake, InitiatorHandshake)
        ):
            raise WrongState(f"the session {self.state.value}")
        self._buffer.received(n)
        return self._channel.advance(self._buffer)

    def end_of_stream(self) -> None:
        """Note that the peer will send no more bytes.

        Raises
        ------
        Unanswered
            A server closed instead of answering the handshake.
        ConnectionCut
            The closing record did not come before.
        """
        if self.state in {State.PEER_CLOSED, State.CLOSED}:
            return
        before, self._channel.state = self.state, State.FAILED
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
        return bytes(self._channel.seal(Step.RECORD_SENT, RecordType.MESSAGE, encoded))

    def send_data(self, data: BytesLike) -> Iterator[bytearray]:
        """Yield the records of some data, as long as the peer takes them, each when asked for.

        Raises
        ------
        WrongState
            The session is not open, or no message of ours came before: data follows `Push`.
        """
        view = memoryview(data).cast("B")
        length = self._channel.record_bytes
        for start in range(0, len(view), length):
            if not self._said_something:
                raise WrongState("the first record must be a message")
            part = view[start : start + length]
            yield self._channel.seal(Step.RECORD_SENT, RecordType.DATA, part)

    def send_close(self) -> bytes:
        """Return the closing record; no bytes where none can be sent any more or yet."""
        if not allows(self.state, Step.CLOSING_SENT):
            return b""
        return bytes(self._channel.seal(Step.CLOSING_SENT, RecordType.CLOSE))
