"""How a connection opens: preamble, then Noise IKpsk2 with a cipher of our own.

The client knows the server's key beforehand and sends its own, encrypted, in handshake
record 1. Anyone who recorded that can send it again: what it says about the client is
confirmed only when the first record after the handshake opens.

A handshake record is a 4-byte length and what follows. Record 1 is Noise message 1, its
payload the client's ephemeral ML-KEM-768 key; record 2 is the KEM ciphertext, then Noise
message 2 without a payload. The KEM's secret, and a pre-shared key of this client where
there is one, fill the PSK slot: everything after message 1 is hybrid, while the client's
identity in message 1, and authentication, rest on X25519 alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from underpaint_common.crypto import kem, keytext
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

PATTERN = "IKpsk2"

AllowClient: TypeAlias = Callable[[bytes], bool]
PresharedKeyOf: TypeAlias = Callable[[bytes], bytes | None]


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
    preshared_key : bytes, optional
        32 bytes that the server knows this client by as well.
    """

    def __init__(
        self, identity: Identity, server_key: bytes, preshared_key: bytes | None = None
    ) -> None:
        self._identity = identity
        self._noise = _noise(Keys(identity.private, server_key), initiator=True)
        self._kem = kem.KemKey()
        self._preshared_key = preshared_key
        self.peer: bytes | None = server_key

    def start(self) -> bytes:
        """Return preamble and handshake record 1.

        Raises
        ------
        UsageError
            The server's key cannot be used.
        """
        try:
            return PREAMBLE + _record(self._noise.write(self._kem.public))
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
        ciphertext = bytes(record[1][: kem.CIPHERTEXT_BYTES])
        message = bytes(record[1][kem.CIPHERTEXT_BYTES :])
        try:
            self._provide_psk(ciphertext)
            payload = self._noise.read(message)
        except (BadHandshake, kem.BadKem) as error:
            raise HandshakeFailed(
                f"the server's handshake record is not genuine: {error}"
            ) from error
        if payload:
            raise HandshakeFailed("the server's handshake record has a payload, and none belongs")
        return Progress(Step.REPLY_RECEIVED, transport=self._noise.finish())

    def _provide_psk(self, ciphertext: bytes) -> None:
        secret = self._kem.decapsulate(ciphertext)
        psk = kem.noise_psk(self._noise.handshake_hash, secret, ciphertext, self._preshared_key)
        self._noise.provide_psk(psk)

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
    preshared_key_of : callable, optional
        Gives the key that this client was given beforehand, or None.
    """

    def __init__(
        self,
        identity: Identity,
        is_allowed: AllowClient,
        preshared_key_of: PresharedKeyOf = lambda _: None,
    ) -> None:
        self._noise = _noise(Keys(identity.private), initiator=False)
        self._is_allowed = is_allowed
        self._preshared_key_of = preshared_key_of
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
        try:
            kem_public = self._noise.read(bytes(record[1]))
            self.peer = self._allowed_peer()
            answer = _record(self._answer(self.peer, kem_public))
        except (BadHandshake, kem.BadKem) as error:
            raise HandshakeFailed(
                f"the client's handshake record is altered or for another key: {error}"
            ) from error
        return Progress(Step.HANDSHAKE_ANSWERED, answer, self._noise.finish())

    def _allowed_peer(self) -> bytes:
        peer = self._noise.remote_static
        if peer is None:
            raise WrongState(f"pattern {PATTERN} did not bring the client's key")
        if not self._is_allowed(peer):
            who = keytext.encode(KeyKind.PUBLIC, peer)
            raise HandshakeFailed(f"the client {who} is not allowed here")
        return peer

    def _answer(self, peer: bytes, kem_public: bytes) -> bytes:
        ciphertext, secret = kem.encapsulate(kem_public)
        preshared_key = self._preshared_key_of(peer)
        psk = kem.noise_psk(self._noise.handshake_hash, secret, ciphertext, preshared_key)
        self._noise.provide_psk(psk)
        return ciphertext + self._noise.write()


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
