"""X25519 on raw 32-byte keys (RFC 7748)."""

from __future__ import annotations

import secrets

from Crypto.Protocol import DH

KEY_BYTES = 32


class BadPublicKey(Exception):
    """A public key is not 32 bytes, or a point of low order that would fix the shared secret."""


def generate() -> bytes:
    """Return a new private key: 32 random bytes, clamped only where it is used."""
    return secrets.token_bytes(KEY_BYTES)


def public_from(private: bytes) -> bytes:
    """Return the public key that belongs to `private`, 32 bytes each.

    References
    ----------
    RFC 7748, section 6.1.
    """
    key = DH.import_x25519_private_key(private)
    return bytes(key.public_key().export_key(format="raw"))


def agree(private: bytes, public: bytes) -> bytes:
    """Return the 32 bytes that the holders of two key pairs share.

    Parameters
    ----------
    private : bytes
        Our private key, 32 bytes.
    public : bytes
        The peer's public key; may come from a stranger.

    Raises
    ------
    BadPublicKey
        `public` has another length or is of low order, so that the result would be all zeros.

    References
    ----------
    RFC 7748, section 6.1; the all-zero check is mandatory here.
    """
    own = DH.import_x25519_private_key(private)
    try:
        peer = DH.import_x25519_public_key(public)
        shared = DH.key_agreement(static_priv=own, static_pub=peer, kdf=bytes)
    except ValueError as error:
        raise BadPublicKey("not a usable X25519 public key") from error
    if not any(shared):
        raise BadPublicKey("an X25519 public key of low order")
    return shared
