"""ML-KEM-768 (FIPS 203) in the pre-shared key slot of a Noise handshake.

What is recorded today stays closed to a later quantum computer, as long as one of X25519
and ML-KEM holds. The KEM is reached through HPKE (RFC 9180) with an ML-KEM key, base mode,
export only: what leaves it is a 32-byte exported secret.
"""

from __future__ import annotations

from Crypto.Protocol import HPKE
from Crypto.PublicKey import MLKEM

from underpaint_common.crypto.kdf import hkdf

PUBLIC_BYTES = 1184
CIPHERTEXT_BYTES = 1088
PSK_BYTES = 32

_EXPORT_LABEL = b"underpaint ML-KEM-768 secret v1"
_PSK_LABEL = b"underpaint Noise psk v1"
_NO_PRESHARED_KEY = bytes(PSK_BYTES)


class BadKem(Exception):
    """An encapsulation key or a KEM ciphertext that ML-KEM-768 does not have."""


class KemKey:
    """An ephemeral ML-KEM-768 key pair; used for one handshake and dropped.

    Parameters
    ----------
    seed : bytes, optional
        FIPS 203's d || z, 64 bytes; only test vectors fix it.
    """

    def __init__(self, seed: bytes | None = None) -> None:
        if seed is None:
            self._key = MLKEM.generate(param_set=MLKEM.ML_KEM_768)
        else:
            self._key = MLKEM.construct(param_set=MLKEM.ML_KEM_768, seed=seed)

    @property
    def public(self) -> bytes:
        """The encapsulation key, 1184 bytes."""
        return self._key.ek

    def decapsulate(self, ciphertext: bytes) -> bytes:
        """Return the 32-byte secret that the peer encapsulated.

        An altered ciphertext of the right length gives another secret, not an error.

        Raises
        ------
        BadKem
            The ciphertext has another length.
        """
        try:
            context = HPKE.new(
                receiver_key=self._key, aead_id=HPKE.AEAD.EXPORT_ONLY, enc=ciphertext
            )
        except ValueError as error:
            raise BadKem(f"not a KEM ciphertext: {error}") from error
        return context.export(_EXPORT_LABEL, PSK_BYTES)


def encapsulate(public: bytes) -> tuple[bytes, bytes]:
    """Return a KEM ciphertext for the holder of a key, and the secret that it carries.

    Parameters
    ----------
    public : bytes
        The peer's encapsulation key; may come from a stranger.

    Returns
    -------
    tuple of bytes
        1088 bytes to send, 32 bytes to keep.

    Raises
    ------
    BadKem
        `public` fails the length or modulus check of FIPS 203, section 7.2.
    """
    try:
        key = MLKEM.construct(param_set=MLKEM.ML_KEM_768, ek=public)
    except ValueError as error:
        raise BadKem(f"not an ML-KEM-768 key: {error}") from error
    context = HPKE.new(receiver_key=key, aead_id=HPKE.AEAD.EXPORT_ONLY)
    return context.enc, context.export(_EXPORT_LABEL, PSK_BYTES)


def noise_psk(
    handshake_hash: bytes, secret: bytes, ciphertext: bytes, preshared_key: bytes | None
) -> bytes:
    """Return the key for Noise's PSK slot.

    Parameters
    ----------
    handshake_hash : bytes
        Noise's h after message 1, which covers the encapsulation key.
    secret : bytes
        32 bytes from the KEM.
    ciphertext : bytes
        The KEM ciphertext that carried it.
    preshared_key : bytes or None
        32 bytes that client and server were given beforehand, if they were.
    """
    flag = b"\0" if preshared_key is None else b"\1"
    return hkdf(
        secret + (preshared_key or _NO_PRESHARED_KEY),
        salt=handshake_hash,
        info=_PSK_LABEL + flag + ciphertext,
        length=PSK_BYTES,
    )
