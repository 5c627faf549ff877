"""HKDF-SHA-512: the one way in which keys become other keys (RFC 5869)."""

from __future__ import annotations

import hmac

_HASH_BYTES = 64
MAX_LENGTH = 255 * _HASH_BYTES


def hkdf(ikm: bytes, *, info: bytes, length: int, salt: bytes = b"") -> bytes:
    """Derive `length` bytes from input keying material.

    Parameters
    ----------
    ikm : bytes
        The secret to derive from.
    info : bytes
        Label and context; different labels give independent keys.
    length : int
        Bytes wanted, 0 to `MAX_LENGTH`.
    salt : bytes, optional
        Public or secret; need not be uniform.

    Raises
    ------
    ValueError
        `length` is out of range.

    References
    ----------
    RFC 5869, section 2, with SHA-512.
    """
    if not 0 <= length <= MAX_LENGTH:
        raise ValueError(f"HKDF-SHA-512 gives 0 to {MAX_LENGTH} bytes, not {length}")
    # 2.2 Extract: an empty salt and HashLen zeros are the same HMAC key
    prk = hmac.digest(salt, ikm, "sha512")
    # 2.3 Expand: T(i) = HMAC(PRK, T(i-1) || info || i)
    okm = bytearray()
    block = b""
    for i in range(1, -(-length // _HASH_BYTES) + 1):
        block = hmac.digest(prk, block + info + bytes([i]), "sha512")
        okm += block
    return bytes(okm[:length])
