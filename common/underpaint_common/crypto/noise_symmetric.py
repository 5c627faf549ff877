"""Symmetric state of a Noise handshake (revision 34, section 5.2), and what it is made of.

Cipher and hash are parameters, so that the code which the public test vectors run through
is the code that ships with a cipher of our own.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar

from underpaint_common.crypto.aead import BytesLike

CIPHER_KEY_BYTES = 32
REKEY_NONCE = 2**64 - 1


class Cipher(Protocol):
    """An AEAD under one 32-byte key, numbered by nonces (section 4.2).

    Unlike Noise's own ciphers it may pad: it states the sealed length of n bytes.
    """

    NAME: ClassVar[str]

    def __init__(self, key: bytes) -> None: ...

    @staticmethod
    def sealed_length(n: int, /) -> int:
        """Return the length of `n` plaintext bytes once sealed."""

    def seal(self, nonce: int, associated_data: BytesLike, plaintext: BytesLike, /) -> bytes:
        """Encrypt and authenticate under a nonce of 0 to 2^64 - 1, used once."""

    def open_sealed(self, nonce: int, associated_data: BytesLike, sealed: BytesLike, /) -> bytes:
        """Verify and decrypt, or raise `AuthenticationFailed`."""


C = TypeVar("C", bound=Cipher)


@dataclass(frozen=True, slots=True)
class Hash:
    """A hash function (section 4.3): its name in protocol names and in hashlib."""

    name: str
    algorithm: str

    @property
    def length(self) -> int:
        """HASHLEN, in bytes."""
        return hashlib.new(self.algorithm).digest_size

    def digest(self, data: bytes) -> bytes:
        """HASH(data)."""
        return hashlib.new(self.algorithm, data).digest()

    def hkdf(self, chaining_key: bytes, ikm: bytes, outputs: int) -> list[bytes]:
        """HKDF(chaining_key, input_key_material, num_outputs), section 4.3."""
        temp_key = hmac.digest(chaining_key, ikm, self.algorithm)
        results: list[bytes] = []
        last = b""
        for i in range(1, outputs + 1):
            last = hmac.digest(temp_key, last + bytes([i]), self.algorithm)
            results.append(last)
        return results


SHA512 = Hash("SHA512", "sha512")


def rekey(cipher: C) -> C:
    """Return the cipher that follows: REKEY(k) of section 4.2, as every key is replaced."""
    sealed_zeros = cipher.seal(REKEY_NONCE, b"", bytes(CIPHER_KEY_BYTES))
    return type(cipher)(sealed_zeros[:CIPHER_KEY_BYTES])


class SymmetricState(Generic[C]):
    """Chaining key, handshake hash and current cipher of a handshake.

    Parameters
    ----------
    cipher_type : type
        The AEAD; see `Cipher`.
    hash_function : Hash
        The hash.
    protocol_name : str
        The full protocol name, from which everything starts.
    """

    def __init__(self, cipher_type: type[C], hash_function: Hash, protocol_name: str) -> None:
        self._cipher_type = cipher_type
        self._hash = hash_function
        name = protocol_name.encode("ascii")
        # InitializeSymmetric: h is the name padded with zeros, or its hash where it is longer
        fits = len(name) <= hash_function.length
        self.h = name.ljust(hash_function.length, b"\0") if fits else hash_function.digest(name)
        self._ck = self.h
        self._cipher: C | None = None
        self._n = 0

    def mix_hash(self, data: bytes) -> None:
        """MixHash(data)."""
        self.h = self._hash.digest(self.h + data)

    def mix_key(self, ikm: bytes) -> None:
        """MixKey(input_key_material)."""
        self._ck, temp_k = self._hash.hkdf(self._ck, ikm, 2)
        self._initialize_key(temp_k)

    def mix_key_and_hash(self, ikm: bytes) -> None:
        """MixKeyAndHash(input_key_material), for pre-shared keys."""
        self._ck, temp_h, temp_k = self._hash.hkdf(self._ck, ikm, 3)
        self.mix_hash(temp_h)
        self._initialize_key(temp_k)

    def encrypted_length(self, n: int) -> int:
        """Return the length that `n` bytes have after `encrypt_and_hash` in the present state."""
        return n if self._cipher is None else self._cipher_type.sealed_length(n)

    def encrypt_and_hash(self, plaintext: bytes) -> bytes:
        """EncryptAndHash(plaintext): in clear while there is no key yet."""
        ciphertext = plaintext
        if self._cipher is not None:
            ciphertext = self._cipher.seal(self._n, self.h, plaintext)
            self._n += 1
        self.mix_hash(ciphertext)
        return ciphertext

    def decrypt_and_hash(self, ciphertext: bytes) -> bytes:
        """DecryptAndHash(ciphertext), or raise `AuthenticationFailed`."""
        plaintext = ciphertext
        if self._cipher is not None:
            plaintext = self._cipher.open_sealed(self._n, self.h, ciphertext)
            self._n += 1
        self.mix_hash(ciphertext)
        return plaintext

    def split(self) -> tuple[C, C]:
        """Split(): the initiator's sending cipher, then the responder's."""
        first, second = self._hash.hkdf(self._ck, b"", 2)
        return (
            self._cipher_type(first[:CIPHER_KEY_BYTES]),
            self._cipher_type(second[:CIPHER_KEY_BYTES]),
        )

    def _initialize_key(self, temp_k: bytes) -> None:
        self._cipher = self._cipher_type(temp_k[:CIPHER_KEY_BYTES])
        self._n = 0
