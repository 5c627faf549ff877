"""ML-KEM-768 through HPKE: both sides share a secret, strangers' bytes are told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.crypto import kem
from underpaint_common.crypto.kdf import hkdf


def test_both_sides_share_a_secret() -> None:
    key = kem.KemKey()
    ciphertext, secret = kem.encapsulate(key.public)
    assert (len(key.public), len(ciphertext), len(secret)) == (1184, 1088, 32)
    assert key.decapsulate(ciphertext) == secret
    assert kem.encapsulate(key.public)[1] != secret


def test_keys_are_ephemeral_unless_seeded() -> None:
    assert kem.KemKey().public != kem.KemKey().public
    assert kem.KemKey(bytes(64)).public == kem.KemKey(bytes(64)).public


@settings(max_examples=20)
@given(bit=st.integers(0, 8 * kem.CIPHERTEXT_BYTES - 1))
def test_an_altered_ciphertext_gives_another_secret(bit: int) -> None:
    key = kem.KemKey(bytes(64))
    ciphertext, secret = kem.encapsulate(key.public)
    altered = bytearray(ciphertext)
    altered[bit // 8] ^= 1 << bit % 8
    assert key.decapsulate(bytes(altered)) != secret


@given(noise=st.binary(max_size=1100).filter(lambda noise: len(noise) != 1088))
def test_other_lengths_are_refused(noise: bytes) -> None:
    with pytest.raises(kem.BadKem, match="not a KEM ciphertext"):
        kem.KemKey(bytes(64)).decapsulate(noise)
    with pytest.raises(kem.BadKem, match="not an ML-KEM-768 key"):
        kem.encapsulate(noise)


def test_a_key_beyond_the_modulus_is_refused() -> None:
    # FIPS 203, section 7.2: 12-bit coefficients must be below 3329
    with pytest.raises(kem.BadKem, match="not an ML-KEM-768 key"):
        kem.encapsulate(b"\xff" * 1184)


def test_the_psk_takes_everything_in() -> None:
    def psk(
        h: bytes = b"h", s: bytes = bytes(32), c: bytes = b"c", k: bytes | None = None
    ) -> bytes:
        return kem.noise_psk(h, s, c, k)

    expected = hkdf(bytes(64), salt=b"h", info=b"underpaint Noise psk v1\x00c", length=32)
    assert psk() == expected
    # A pre-shared key of zeros is not the same as none.
    others = {psk(h=b"g"), psk(s=bytes([1]) * 32), psk(c=b"d"), psk(k=bytes(32)), psk(k=b"k" * 32)}
    assert len(others) == 5
    assert expected not in others


def test_a_repr_shows_no_key() -> None:
    assert "object at" in repr(kem.KemKey())
