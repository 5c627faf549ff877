"""The Noise handshake state machine (Noise Protocol Framework, revision 34, section 5.3).

A `Handshake` writes and reads the messages of a pattern in turn; `finish` gives the
`Transport`, the only place from which the ciphers of the connection can be had. Any bytes
given to `read` either are the next message or raise `BadHandshake`, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic

from underpaint_common.crypto import x25519
from underpaint_common.crypto.aead import AuthenticationFailed
from underpaint_common.crypto.noise_patterns import HandshakePattern, Token
from underpaint_common.crypto.noise_symmetric import SHA512, C, Hash, SymmetricState

_PSK_BYTES = 32


class BadHandshake(Exception):
    """A handshake message is cut, too long, altered, or made for other keys."""


@dataclass(frozen=True, slots=True)
class Suite(Generic[C]):
    """What a handshake is built from besides X25519: a cipher and a hash."""

    cipher: type[C]
    hash_function: Hash = SHA512

    def protocol_name(self, pattern: HandshakePattern) -> str:
        """Return the name that both sides must share to the letter (section 8)."""
        return f"Noise_{pattern.name}_25519_{self.cipher.NAME}_{self.hash_function.name}"


@dataclass(frozen=True, slots=True)
class Keys:
    """Private keys of this side, and the public key of the other that is known beforehand.

    Attributes
    ----------
    static : bytes, optional
        Our static private key.
    remote_static : bytes, optional
        The peer's static public key.
    ephemeral : bytes, optional
        Our ephemeral private key; only test vectors fix it.
    """

    static: bytes | None = field(default=None, repr=False)
    remote_static: bytes | None = None
    ephemeral: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Transport(Generic[C]):
    """What a finished handshake leaves.

    Attributes
    ----------
    sending, receiving : Cipher
        One for each direction; both count their nonces from 0.
    handshake_hash : bytes
        Unique to this connection, the same on both sides (section 11.2).
    remote_static : bytes or None
        The peer's static public key, where the pattern has one.
    """

    sending: C = field(repr=False)
    receiving: C = field(repr=False)
    handshake_hash: bytes
    remote_static: bytes | None


class Handshake(Generic[C]):
    """One side of one handshake.

    Parameters
    ----------
    suite : Suite
        Cipher and hash.
    pattern : HandshakePattern
        Which messages there are.
    initiator : bool
        Whether this side writes the first message.
    keys : Keys
        As the pattern demands.
    prologue : bytes, optional
        What both sides must have seen alike before the handshake.
    """

    def __init__(
        self,
        suite: Suite[C],
        pattern: HandshakePattern,
        *,
        initiator: bool,
        keys: Keys,
        prologue: bytes = b"",
    ) -> None:
        self._pattern = pattern
        self._initiator = initiator
        self._s = keys.static
        self._e = keys.ephemeral
        self._rs = keys.remote_static
        self._re: bytes | None = None
        self._psks: list[bytes] = []
        self._position = 0
        self._over = False
        # Initialize, steps 1 and 2: protocol name, then prologue
        self._symmetric = SymmetricState(
            suite.cipher, suite.hash_function, suite.protocol_name(pattern)
        )
        self._symmetric.mix_hash(prologue)
        # step 4: the public keys known beforehand, the initiator's first
        for of_initiator, tokens in zip((True, False), pattern.known_before, strict=True):
            if Token.S in tokens:
                self._symmetric.mix_hash(self._known_public(ours=of_initiator is initiator))

    @property
    def handshake_hash(self) -> bytes:
        """The hash of all that was sent and received so far."""
        return self._symmetric.h

    @property
    def remote_static(self) -> bytes | None:
        """The peer's static public key, once known."""
        return self._rs

    def provide_psk(self, psk: bytes) -> None:
        """Hand in the next pre-shared key, 32 bytes, before the message that mixes it in."""
        if len(psk) != _PSK_BYTES:
            raise ValueError(f"a pre-shared key has {_PSK_BYTES} bytes, not {len(psk)}")
        self._psks.append(psk)

    def write(self, payload: bytes = b"") -> bytes:
        """Return the next message, carrying `payload` (WriteMessage)."""
        message = bytearray()
        for token in self._next_tokens(writing=True):
            if token is Token.E:
                message += self._write_ephemeral()
            elif token is Token.S:
                message += self._symmetric.encrypt_and_hash(self._known_public(ours=True))
            else:
                self._mix_secret(token)
        message += self._symmetric.encrypt_and_hash(payload)
        return bytes(message)

    def read(self, message: bytes) -> bytes:
        """Return the payload of the peer's next message (ReadMessage).

        Raises
        ------
        BadHandshake
            The message is not the next one of this handshake; the handshake is over then.
        """
        tokens = self._next_tokens(writing=False)
        try:
            return self._read(tokens, message)
        except (AuthenticationFailed, x25519.BadPublicKey) as error:
            self._over = True
            raise BadHandshake(str(error)) from error

    def finish(self) -> Transport[C]:
        """Return what the connection goes on with, after the last message (Split)."""
        if self._over or self._position != len(self._pattern.messages):
            raise RuntimeError("the handshake is not complete")
        self._over = True
        first, second = self._symmetric.split()
        sending, receiving = (first, second) if self._initiator else (second, first)
        return Transport(sending, receiving, self._symmetric.h, self._rs)

    def _next_tokens(self, *, writing: bool) -> tuple[Token, ...]:
        ours = (self._position % 2 == 0) == self._initiator
        if self._over or self._position == len(self._pattern.messages) or ours != writing:
            raise RuntimeError(f"no handshake message is to be {'sent' if writing else 'read'} now")
        self._position += 1
        return self._pattern.messages[self._position - 1]

    def _read(self, tokens: tuple[Token, ...], message: bytes) -> bytes:
        rest = message
        for token in tokens:
            if token is Token.E:
                self._re, rest = _cut(rest, x25519.KEY_BYTES)
                self._mix_ephemeral(self._re)
            elif token is Token.S:
                length = self._symmetric.encrypted_length(x25519.KEY_BYTES)
                sealed, rest = _cut(rest, length)
                self._rs = self._symmetric.decrypt_and_hash(sealed)
            else:
                self._mix_secret(token)
        return self._symmetric.decrypt_and_hash(rest)

    def _write_ephemeral(self) -> bytes:
        if self._e is None:
            self._e = x25519.generate()
        public = x25519.public_from(self._e)
        self._mix_ephemeral(public)
        return public

    def _mix_ephemeral(self, public: bytes) -> None:
        self._symmetric.mix_hash(public)
        # Section 9.2: with pre-shared keys, ephemerals randomise the keys as well
        if self._pattern.uses_psk:
            self._symmetric.mix_key(public)

    def _mix_secret(self, token: Token) -> None:
        if token is Token.PSK:
            self._symmetric.mix_key_and_hash(_present(self._psks.pop(0) if self._psks else None))
            return
        # "es" is the initiator's ephemeral with the responder's static key, and so on
        first, second = token.value
        ours, theirs = (first, second) if self._initiator else (second, first)
        private = self._e if ours == "e" else self._s
        public = self._re if theirs == "e" else self._rs
        self._symmetric.mix_key(x25519.agree(_present(private), _present(public)))

    def _known_public(self, *, ours: bool) -> bytes:
        return x25519.public_from(_present(self._s)) if ours else _present(self._rs)


def _cut(data: bytes, length: int) -> tuple[bytes, bytes]:
    if len(data) < length:
        raise AuthenticationFailed(f"the message is cut: {len(data)} bytes where {length} belong")
    return data[:length], data[length:]


def _present(key: bytes | None) -> bytes:
    if key is None:
        raise RuntimeError("the handshake pattern needs a key that was not given")
    return key
