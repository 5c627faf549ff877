"""A256CBC-HS512 as a Noise cipher: nonces instead of IVs, one 32-byte key for everything.

Departures from Noise's own ciphers, which is why protocol names carry a name of ours: the
sealed text is padded and bears a tag of 32 bytes, and the IV is the nonce encrypted under a
key of its own: unpredictable to others, nothing to transmit, no repeat.
"""

from __future__ import annotations

from typing import ClassVar

from Crypto.Cipher import AES

from underpaint_common.crypto import aead
from underpaint_common.crypto.aead import BytesLike
from underpaint_common.crypto.kdf import hkdf

_LABEL = b"underpaint A256CBC-HS512 cipher v1"
_IV_KEY_BYTES = 32


class CbcHs512:
    """A256CBC-HS512 under one 32-byte key.

    HKDF-SHA-512 turns the key into MAC_KEY || ENC_KEY || IV_KEY; the IV of nonce n is the
    AES-256-ECB encryption of n, as 16 big-endian bytes, under IV_KEY.
    """

    NAME: ClassVar[str] = "A256CBCHS512"

    def __init__(self, key: bytes) -> None:
        derived = hkdf(key, info=_LABEL, length=aead.KEY_BYTES + _IV_KEY_BYTES)
        self._key = derived[: aead.KEY_BYTES]
        self._iv_cipher = AES.new(derived[aead.KEY_BYTES :], AES.MODE_ECB)

    @staticmethod
    def sealed_length(n: int, /) -> int:
        """Return the length of `n` plaintext bytes once sealed."""
        return aead.sealed_length(n)

    def seal(self, nonce: int, associated_data: BytesLike, plaintext: BytesLike, /) -> bytes:
        """Encrypt and authenticate under a nonce that is used once."""
        return aead.seal(self._key, self._iv(nonce), associated_data, plaintext)

    def open_sealed(self, nonce: int, associated_data: BytesLike, sealed: BytesLike, /) -> bytes:
        """Verify and decrypt, or raise `AuthenticationFailed`."""
        return aead.open_sealed(self._key, self._iv(nonce), associated_data, sealed)

    def seal_into(
        self, out: memoryview, nonce: int, associated_data: BytesLike, head: bytes, body: BytesLike
    ) -> None:
        """Seal `head || body` into `out`; see `aead.seal_into`."""
        aead.seal_into(out, self._key, self._iv(nonce), associated_data, head, body)

    def open_in_place(
        self, nonce: int, associated_data: BytesLike, sealed: memoryview
    ) -> memoryview:
        """Verify and decrypt where it lies; see `aead.open_in_place`."""
        return aead.open_in_place(self._key, self._iv(nonce), associated_data, sealed)

    def _iv(self, nonce: int) -> bytes:
        return self._iv_cipher.encrypt(nonce.to_bytes(aead.IV_BYTES, "big"))
