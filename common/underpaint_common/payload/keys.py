"""Every key that a stego key gives birth to, each with a label of its own.

All are HKDF-SHA-512 of the stego key (RFC 5869). What belongs to one image is bound to it:
header positions by the salt, read from the cover; everything of the body by the header's nonce.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from underpaint_common.crypto import aead
from underpaint_common.crypto.kdf import hkdf
from underpaint_common.crypto.keystream import KeyStream
from underpaint_common.stego.samples import ByteStream

_LABEL = b"underpaint/1 "
_STREAM_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class BodyKeys:
    """What seals and places one body.

    Parameters
    ----------
    cipher : bytes
        Key of the AEAD, 64 bytes.
    iv : bytes
        Its initialisation vector, 16 bytes: the key seals nothing but this body.
    placing, tossing : bytes
        Stream keys: which samples bear the body, and which of two equally near values is taken.
    """

    cipher: bytes = field(repr=False)
    iv: bytes = field(repr=False)
    placing: bytes = field(repr=False)
    tossing: bytes = field(repr=False)

    def positions(self) -> ByteStream:
        """Return the stream that chooses samples, from its beginning."""
        return KeyStream(self.placing).read

    def coins(self) -> ByteStream:
        """Return the stream that decides between equally near values, from its beginning."""
        return KeyStream(self.tossing).read


@dataclass(frozen=True, slots=True)
class PayloadKeys:
    """The sub-keys of a stego key.

    Parameters
    ----------
    stego_key : bytes
        32 bytes.
    """

    stego_key: bytes = field(repr=False)

    def salt_positions(self) -> ByteStream:
        """Return the stream that chooses the salt's samples."""
        return self._stream(b"salt positions")

    def salt(self, values: bytes) -> bytes:
        """Return the salt, 64 bytes, of the values of its samples."""
        return hmac.digest(self._derive(b"salt", 64), values, "sha512")

    def header_positions(self, salt: bytes) -> ByteStream:
        """Return the stream that chooses the header's samples."""
        return self._stream(b"header positions", salt)

    def coded_header_positions(self, salt: bytes) -> ByteStream:
        """Return the stream that chooses and orders the samples of a coded header."""
        return self._stream(b"coded header positions", salt)

    def header_cipher(self) -> bytes:
        """Return the AES-256 key of the header's block."""
        return self._derive(b"header cipher", 32)

    def header_mac(self) -> bytes:
        """Return the HMAC-SHA-512 key of the header."""
        return self._derive(b"header mac", 64)

    def body(self, nonce: bytes) -> BodyKeys:
        """Return what seals and places the body that goes with a header's nonce."""
        return BodyKeys(
            cipher=self._derive(b"body cipher", aead.KEY_BYTES, nonce),
            iv=self._derive(b"body iv", aead.IV_BYTES, nonce),
            placing=self._derive(b"body positions", _STREAM_KEY_BYTES, nonce),
            tossing=self._derive(b"body coins", _STREAM_KEY_BYTES, nonce),
        )

    def _derive(self, purpose: bytes, length: int, salt: bytes = b"") -> bytes:
        return hkdf(self.stego_key, salt=salt, info=_LABEL + purpose, length=length)

    def _stream(self, purpose: bytes, salt: bytes = b"") -> ByteStream:
        return KeyStream(self._derive(purpose, _STREAM_KEY_BYTES, salt)).read
