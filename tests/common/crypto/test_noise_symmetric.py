"""Symmetric state: keys change as the specification says, and only then."""

from __future__ import annotations

import pytest

from underpaint_common.crypto.aead import AuthenticationFailed
from underpaint_common.crypto.cbc_cipher import CbcHs512
from underpaint_common.crypto.noise_symmetric import REKEY_NONCE, SHA512, SymmetricState, rekey


def test_rekey_takes_the_first_bytes_of_sealed_zeros() -> None:
    # Noise revision 34, section 4.2, REKEY(k)
    cipher = CbcHs512(bytes(32))
    following = CbcHs512(cipher.seal(REKEY_NONCE, b"", bytes(32))[:32])
    sealed = following.seal(7, b"", b"text")
    assert rekey(cipher).open_sealed(7, b"", sealed) == b"text"
    with pytest.raises(AuthenticationFailed):
        cipher.open_sealed(7, b"", sealed)


def test_names_that_fit_are_padded_and_longer_ones_hashed() -> None:
    assert SymmetricState(CbcHs512, SHA512, "x" * 64).h == b"x" * 64
    assert SymmetricState(CbcHs512, SHA512, "x" * 63).h == b"x" * 63 + b"\0"
    assert SymmetricState(CbcHs512, SHA512, "x" * 65).h == SHA512.digest(b"x" * 65)


def test_text_is_clear_until_there_is_a_key() -> None:
    here = SymmetricState(CbcHs512, SHA512, "name")
    there = SymmetricState(CbcHs512, SHA512, "name")
    assert here.encrypt_and_hash(b"clear") == b"clear"
    assert here.encrypted_length(32) == 32
    there.decrypt_and_hash(b"clear")
    for state in (here, there):
        state.mix_key(b"secret")
    sealed = here.encrypt_and_hash(b"text")
    assert len(sealed) == here.encrypted_length(4) == 48
    assert there.decrypt_and_hash(sealed) == b"text"
    assert here.h == there.h
