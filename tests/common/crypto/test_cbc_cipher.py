"""The cipher of our own: each nonce its own IV, each key its own three."""

from __future__ import annotations

import pytest
from Crypto.Cipher import AES

from underpaint_common.crypto import aead
from underpaint_common.crypto.cbc_cipher import CbcHs512
from underpaint_common.crypto.kdf import hkdf

KEY = bytes(range(32))


def test_is_rfc_7518_under_derived_keys() -> None:
    derived = hkdf(KEY, info=b"underpaint A256CBC-HS512 cipher v1", length=96)
    iv = AES.new(derived[64:], AES.MODE_ECB).encrypt((5).to_bytes(16, "big"))
    sealed = aead.seal(derived[:64], iv, b"label", b"text")
    assert CbcHs512(KEY).seal(5, b"label", b"text") == sealed


def test_the_largest_nonce_is_a_nonce() -> None:
    cipher = CbcHs512(KEY)
    assert cipher.open_sealed(2**64 - 1, b"", cipher.seal(2**64 - 1, b"", b"text")) == b"text"


def test_another_nonce_is_refused() -> None:
    cipher = CbcHs512(KEY)
    with pytest.raises(aead.AuthenticationFailed):
        cipher.open_sealed(1, b"", cipher.seal(0, b"", b"text"))


def test_in_place_and_by_copy_are_the_same() -> None:
    cipher = CbcHs512(KEY)
    out = bytearray(cipher.sealed_length(9))
    cipher.seal_into(memoryview(out), 3, b"label", b"head", b"-body")
    assert out == cipher.seal(3, b"label", b"head-body")
    assert bytes(cipher.open_in_place(3, b"label", memoryview(out))) == b"head-body"


def test_a_repr_shows_no_key() -> None:
    assert repr(KEY) not in repr(CbcHs512(KEY))
