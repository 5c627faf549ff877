"""A private key under a passphrase: what lies in the file of a protected identity.

::

    log2 N, r, p        3 bytes, scrypt's parameters
    salt                16 random bytes
    sealed              80 bytes: the 32 of the key, sealed by A256CBC-HS512

scrypt gives 80 bytes, the AEAD's key and its IV: with a fresh salt neither is ever used twice.
Everything before `sealed`, under a label, is the associated data, so that nobody can lower the
cost unnoticed; a cost that a file asks for is bounded before it is paid.
"""

from __future__ import annotations

import secrets

from underpaint_common.crypto import aead, passphrases
from underpaint_common.crypto.keytext import PROTECTED_BYTES
from underpaint_common.crypto.passphrases import Cost
from underpaint_common.errors import LocalFileError, UsageError

SALT_BYTES = 16
MOST_MEMORY = 1 << 30
MOST_WORK = 1 << 23
"""N r p, at most: eight times that of `passphrases.COST`."""

_PRIVATE_BYTES = 32
_COST_BYTES = 3
_HEAD_BYTES = _COST_BYTES + SALT_BYTES
_MOST_LOG2_N = 24
_LABEL = b"underpaint protected identity v1"


def protect(private: bytes, passphrase: str, cost: Cost = passphrases.COST) -> bytes:
    """Return a private key sealed under a passphrase, `PROTECTED_BYTES` bytes.

    Raises
    ------
    UsageError
        The passphrase is empty or no valid Unicode text.
    """
    salt = secrets.token_bytes(SALT_BYTES)
    head = bytes([cost.log2_n, cost.r, cost.p]) + salt
    key, iv = _key_and_iv(passphrase, cost, salt)
    return head + aead.seal(key, iv, _LABEL + head, private)


def unprotect(protected: bytes, passphrase: str) -> bytes:
    """Return the private key, 32 bytes.

    Raises
    ------
    UsageError
        The passphrase is empty or no valid Unicode text.
    LocalFileError
        It is another passphrase's, was altered, or asks for more work than anything of ours.
    """
    cost = _bounded_cost(protected)
    head, sealed = protected[:_HEAD_BYTES], protected[_HEAD_BYTES:]
    key, iv = _key_and_iv(passphrase, cost, head[_COST_BYTES:])
    try:
        private = aead.open_sealed(key, iv, _LABEL + head, sealed)
    except aead.AuthenticationFailed:
        private = b""
    if len(private) != _PRIVATE_BYTES:
        raise LocalFileError(
            "the passphrase is not that of this identity, or its file was altered",
            hint="it is the one given to keygen --protect, not that of a picture",
        )
    return private


def _key_and_iv(passphrase: str, cost: Cost, salt: bytes) -> tuple[bytes, bytes]:
    stretched = passphrases.stretch(passphrase, cost, salt, aead.KEY_BYTES + aead.IV_BYTES)
    return stretched[: aead.KEY_BYTES], stretched[aead.KEY_BYTES :]


def _bounded_cost(protected: bytes) -> Cost:
    if len(protected) != PROTECTED_BYTES:
        raise UsageError(f"a protected private key has {PROTECTED_BYTES} bytes")
    cost = Cost(*protected[:_COST_BYTES])
    fits = (
        1 <= cost.log2_n <= min(_MOST_LOG2_N, 16 * cost.r - 1)  # N < 2^(128 r / 8), RFC 7914
        and cost.r >= 1
        and cost.p >= 1
        and cost.memory <= MOST_MEMORY
        and cost.r * cost.p << cost.log2_n <= MOST_WORK
    )
    if not fits:
        raise LocalFileError(
            "this identity's file asks for more work than any that was made here",
            hint="take it from a backup: it was altered",
        )
    return cost
