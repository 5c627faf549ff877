"""The stego key: 32 bytes from which positions and encryption of a payload are derived.

It comes from a passphrase, from a key file, or from two identities.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from underpaint_common.crypto import keyfile, passphrases, x25519
from underpaint_common.crypto.identity import Identity
from underpaint_common.crypto.kdf import hkdf
from underpaint_common.crypto.keytext import KeyKind
from underpaint_common.errors import UsageError

KEY_BYTES = 32

# The stego image has no place for a salt that could be read before the key is known, so the
# salt is a constant: scrypt's cost is what stands between a passphrase and a dictionary.
_PASSPHRASE_SALT = b"underpaint stego key from passphrase v1"

_IDENTITIES_LABEL = b"underpaint stego key from identities v1"


def from_passphrase(passphrase: str) -> bytes:
    """Return the stego key of a passphrase; takes about 0.3 s and 128 MiB on purpose.

    The text is brought to Unicode NFC; one newline at its end, as files have it, is dropped.

    Raises
    ------
    UsageError
        The passphrase is empty or no valid Unicode text.

    References
    ----------
    RFC 7914 (scrypt) with N=2^17, r=8, p=1.
    """
    return passphrases.stretch(passphrase, passphrases.COST, _PASSPHRASE_SALT, KEY_BYTES)


def from_identities(own: Identity, peer_public: bytes, *, own_is_sender: bool) -> bytes:
    """Return the stego key that only two identities can derive, for one direction.

    Parameters
    ----------
    own : Identity
        Sender or recipient, whichever we are.
    peer_public : bytes
        The other's public key, 32 bytes.
    own_is_sender : bool
        True when hiding, False when revealing.

    Raises
    ------
    UsageError
        `peer_public` is not a usable public key.
    """
    try:
        shared = x25519.agree(own.private, peer_public)
    except x25519.BadPublicKey as error:
        raise UsageError(f"the other side's public key cannot be used: {error}") from None
    sender, recipient = (own.public, peer_public) if own_is_sender else (peer_public, own.public)
    return hkdf(shared, info=_IDENTITIES_LABEL + sender + recipient, length=KEY_BYTES)


def generate_key_file(path: Path) -> None:
    """Write a new random stego key to a file of mode 0600.

    Raises
    ------
    LocalFileError
        The file exists already or cannot be written.
    """
    keyfile.write(path, KeyKind.SHARED, secrets.token_bytes(KEY_BYTES))


def load_key_file(path: Path) -> bytes:
    """Return the stego key that `generate_key_file` wrote.

    Raises
    ------
    LocalFileError
        The file is missing, unreadable, readable by others, or holds no shared key.
    """
    return keyfile.read(
        path, KeyKind.SHARED, hint_if_missing=f"run underpaint keygen --shared {path}"
    )
