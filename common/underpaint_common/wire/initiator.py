"""The client's side of the handshake."""

from __future__ import annotations

from underpaint_common.crypto import kem
from underpaint_common.crypto.identity import Identity
from underpaint_common.crypto.noise import BadHandshake, Keys
from underpaint_common.crypto.x25519 import BadPublicKey
from underpaint_common.errors import HandshakeFailed, Unanswered, UsageError
from underpaint_common.wire import preamble
from underpaint_common.wire.buffer import ReceiveBuffer
from underpaint_common.wire.handshake import Progress, handshake_record, noise
from underpaint_common.wire.invitation import invitation_id, opening_payload
from underpaint_common.wire.preamble import PREAMBLE
from underpaint_common.wire.records import LENGTH_BYTES, MAX_UNAUTHENTICATED, take_record
from underpaint_common.wire.states import Step


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
    token : bytes, optional
        32 bytes of an invitation, which take the pre-shared key's place.
    """

    def __init__(
        self,
        identity: Identity,
        server_key: bytes,
        preshared_key: bytes | None = None,
        token: bytes | None = None,
    ) -> None:
        if preshared_key is not None and token is not None:
            raise ValueError("an invitation takes the pre-shared key's place: only one can be used")
        self._identity = identity
        self._noise = noise(Keys(identity.private, server_key), initiator=True)
        self._kem = kem.KemKey()
        self._preshared_key = preshared_key if token is None else token
        self.peer: bytes | None = server_key
        self.invitation = None if token is None else invitation_id(token)

    def start(self) -> bytes:
        """Return preamble and handshake record 1.

        Raises
        ------
        UsageError
            The server's key cannot be used.
        """
        payload = opening_payload(self._kem.public, self.invitation)
        try:
            return PREAMBLE + handshake_record(self._noise.write(payload))
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

    def unanswered(self) -> Unanswered:
        """Return what it means that the server closed instead of answering."""
        return Unanswered(
            "the server closed the connection during the handshake: either the address has "
            "the wrong server key, or this identity is not allowed there",
            hint=f"ask its operator to run: underpaintd allow NAME {self._identity.public_text}",
        )
