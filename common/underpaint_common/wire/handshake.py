"""How a connection opens: preamble, then Noise IK with the cipher of our own.

The client knows the server's key beforehand and sends its own, encrypted, in handshake
record 1. Anyone who recorded that can send it again: what it says about the client is
confirmed only when the first record after the handshake opens.

A handshake record is a 4-byte length and a Noise message.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from underpaint_common.crypto import keytext
from underpaint_common.crypto.cbc_cipher import CbcHs512
from underpaint_common.crypto.identity import Identity
from underpaint_common.crypto.keytext import KeyKind
from underpaint_common.crypto.noise import BadHandshake, Handshake, Keys, Suite, Transport
from underpaint_common.crypto.noise_patterns import handshake_pattern
from underpaint_common.crypto.x25519 import BadPublicKey
from underpaint_common.errors import HandshakeFailed, UsageError
from underpaint_common.wire import preamble
from underpaint_common.wire.buffer import ReceiveBuffer
from underpaint_common.wire.preamble import PREAMBLE
from underpaint_common.wire.records import LENGTH_BYTES, MAX_UNAUTHENTICATED, take_record
from underpaint_common.wire.states import Step, WrongState

PATTERN = "IK"


@dataclass(frozen=True, slots=True)
class Progress:
    """What a handshake did with received bytes.

    Attributes
    ----------
    step : Step
        The session's next transition.
    answer : bytes
        To be written to the peer; may be empty.
    transport : Transport or None
        What the connection goes on with, after the last step.
    """

    step: Step
    answer: bytes = b""
    transport: Transport[CbcHs512] | None = None


class InitiatorHandshake:
    """The client's side.

    Parameters
    ----------
    identity : Identity
        The client's.
    server_key : bytes
        The server's public key, 32 bytes.
    """

    def __init__(self, identity: Identity, server_key: bytes) -> None:
        self._identity = identity
        self._noise = _noise(Keys(identity.private, server_key), initiator=True)
        self.peer: bytes | None = server_key

    def start(self) -> bytes:
        """Return preamble and handshake record 1.

        Raises
        ------
        UsageError
            The server's key cannot be used.
        """
        try:
            return PREAMBLE + _record(self._noise.write())
        except BadPublicKey as error:
            raise UsageError(f"the server's key cannot be used: {error}") from error

    def advance(self, buffer: ReceiveBuffer) -> Progress | None:
        """Read handshake record 2 when it is there.

        Raises
        ------
        HandshakeFailed
            It is not the server's answer to our record 1.
        VersionMismatch, ProtocolError
            It is something else.
        """
        beginning = buffer.peek(LENGTH_BYTES)
        if beginning == PREAMBLE[:LENGTH_BYTES]:
            whole = buffer.peek(len(PREAMBLE))
            if whole is not None:
                preamble.refuse_from_server(whole)
            return None
        record = take_record(buffer, MAX_UNAUTHENTICATED)
        if record is None:
            return None
        _read(self._noise, record[1], "the server's handshake record is not genuine")
        return Progress(Step.REPLY_RECEIVED, transport=self._noise.finish())

    def unanswered(self) -> HandshakeFailed:
        """Return what it means that the server closed instead of answering."""
        return HandshakeFailed(
            "the server closed the connection during the handshake: either the address has "
            "the wrong server key, or this identity is not allowed there",
            hint=f"ask its operator to run: underpaintd allow NAME {self._identity.public_text}",
        )


class ResponderHandshake:
    """The server's side.

    Parameters
    ----------
    identity : Identity
        The server's.
    is_allowed : callable
        Tells whether the client with this public key may go on.
    """

    def __init__(self, identity: Identity, is_allowed: Callable[[bytes], bool]) -> None:
        self._noise = _noise(Keys(identity.private), initiator=False)
        self._is_allowed = is_allowed
        self._preamble_read = False
        self.peer: bytes | None = None

    def start(self) -> bytes:
        """Refuse: a responder does not begin."""
        raise WrongState("a responder does not start a connection")

    def advance(self, buffer: ReceiveBuffer) -> Progress | None:
        """Read the preamble or handshake record 1 when it is there.

        Raises
        ------
        HandshakeFailed
            Record 1 was altered or made for another server, or the client is not allowed.
        VersionMismatch, ProtocolError
            What came is something else.
        """
        return self._read_first(buffer) if self._preamble_read else self._read_preamble(buffer)

    def _read_preamble(self, buffer: ReceiveBuffer) -> Progress | None:
        received = buffer.take(len(PREAMBLE))
        if received is None:
            return None
        preamble.check_from_client(bytes(received))
        self._preamble_read = True
        return Progress(Step.PREAMBLE_RECEIVED)

    def _read_first(self, buffer: ReceiveBuffer) -> Progress | None:
        record = take_record(buffer, MAX_UNAUTHENTICATED)
        if record is None:
            return None
        _read(self._noise, record[1], "the client's handshake record is altered or for another key")
        self.peer = self._noise.remote_static
        if self.peer is None or not self._is_allowed(self.peer):
            who = keytext.encode(KeyKind.PUBLIC, self.peer) if self.peer else "nobody"
            raise HandshakeFailed(f"the client {who} is not allowed here")
        answer = _record(self._noise.write())
        return Progress(Step.HANDSHAKE_ANSWERED, answer, self._noise.finish())


AnyHandshake: TypeAlias = InitiatorHandshake | ResponderHandshake


def _noise(keys: Keys, *, initiator: bool) -> Handshake[CbcHs512]:
    return Handshake(
        Suite(CbcHs512),
        handshake_pattern(PATTERN),
        initiator=initiator,
        keys=keys,
        prologue=PREAMBLE,
    )


def _record(message: bytes) -> bytes:
    return len(message).to_bytes(LENGTH_BYTES, "big") + message


def _read(noise: Handshake[CbcHs512], message: memoryview, otherwise: str) -> None:
    try:
        payload = noise.read(bytes(message))
    except BadHandshake as error:
        raise HandshakeFailed(f"{otherwise}: {error}") from error
    if payload:
        raise HandshakeFailed(f"{otherwise}: it carries {len(payload)} bytes that mean nothing")
