"""The server's side of the handshake."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from underpaint_common.crypto import kem, keytext
from underpaint_common.crypto.identity import Identity
from underpaint_common.crypto.keytext import KeyKind
from underpaint_common.crypto.noise import BadHandshake, Keys
from underpaint_common.errors import HandshakeFailed
from underpaint_common.wire import preamble
from underpaint_common.wire.buffer import ReceiveBuffer
from underpaint_common.wire.handshake import PATTERN, Progress, handshake_record, noise
from underpaint_common.wire.invitation import parse_opening_payload
from underpaint_common.wire.preamble import PREAMBLE
from underpaint_common.wire.records import MAX_UNAUTHENTICATED, take_record
from underpaint_common.wire.states import Step, WrongState

AllowClient: TypeAlias = Callable[[bytes], bool]
PresharedKeyOf: TypeAlias = Callable[[bytes], bytes | None]
TokenOf: TypeAlias = Callable[[bytes, bytes], bytes | None]


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
    token_of : callable, optional
        Asked instead of both when the client names an invitation: given the client's public
        key and the invitation's id, returns the invitation's 32 bytes, or None for a client
        that may not use it.
    """

    def __init__(
        self,
        identity: Identity,
        is_allowed: AllowClient,
        preshared_key_of: PresharedKeyOf = lambda _: None,
        token_of: TokenOf = lambda _client, _id: None,
    ) -> None:
        self._noise = noise(Keys(identity.private), initiator=False)
        self._is_allowed = is_allowed
        self._preshared_key_of = preshared_key_of
        self._token_of = token_of
        self._preamble_read = False
        self.peer: bytes | None = None
        self.invitation: bytes | None = None

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
            payload = self._noise.read(bytes(record[1]))
            kem_public, self.invitation = parse_opening_payload(payload)
            preshared_key = self._admit(_present(self._noise.remote_static))
            answer = handshake_record(self._answer(kem_public, preshared_key))
        except (BadHandshake, kem.BadKem) as error:
            raise HandshakeFailed(
                f"the client's handshake record is altered or for another key: {error}"
            ) from error
        return Progress(Step.HANDSHAKE_ANSWERED, answer, self._noise.finish())

    def _admit(self, peer: bytes) -> bytes | None:
        """Let the client go on, or not; return the pre-shared key that it must have."""
        who = keytext.encode(KeyKind.PUBLIC, peer)
        if self.invitation is not None:
            token = self._token_of(peer, self.invitation)
            if token is None:
                raise HandshakeFailed(f"the client {who} names an invitation that does not hold")
            self.peer = peer
            return token
        if not self._is_allowed(peer):
            raise HandshakeFailed(f"the client {who} is not allowed here")
        self.peer = peer
        return self._preshared_key_of(peer)

    def _answer(self, kem_public: bytes, preshared_key: bytes | None) -> bytes:
        ciphertext, secret = kem.encapsulate(kem_public)
        psk = kem.noise_psk(self._noise.handshake_hash, secret, ciphertext, preshared_key)
        self._noise.provide_psk(psk)
        return ciphertext + self._noise.write()


def _present(peer: bytes | None) -> bytes:
    if peer is None:
        raise WrongState(f"pattern {PATTERN} did not bring the client's key")
    return peer
