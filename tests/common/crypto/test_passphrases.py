"""Passphrases: scrypt as RFC 7914 has it, one form for one text, and a rough judgement."""

from __future__ import annotations

import pytest

from underpaint_common.crypto import passphrases
from underpaint_common.crypto.passphrases import Cost
from underpaint_common.errors import UsageError

RFC_7914_SECTION_12 = [
    (
        "password",
        b"NaCl",
        Cost(10, 8, 16),
        (
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
            "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        ),
    ),
    (
        "pleaseletmein",
        b"SodiumChloride",
        Cost(14, 8, 1),
        (
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
            "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
        ),
    ),
]


@pytest.mark.parametrize(("passphrase", "salt", "cost", "key"), RFC_7914_SECTION_12)
def test_the_published_vectors(passphrase: str, salt: bytes, cost: Cost, key: str) -> None:
    assert passphrases.stretch(passphrase, cost, salt, 64).hex() == key


@pytest.mark.parametrize("passphrase", ["", "\n", "\ud800"])
def test_no_passphrase_at_all_is_told(passphrase: str) -> None:
    with pytest.raises(UsageError):
        passphrases.stretch(passphrase, Cost(1, 1, 1), b"", 32)


def test_its_memory_is_what_scrypt_needs() -> None:
    assert passphrases.COST.memory == 128 * 8 * (2**17 + 1)


@pytest.mark.parametrize(
    "passphrase", ["", "123456", "password", "aaaaaaaaaaaaaaaaaaaaaa", "12345678901234567\n"]
)
def test_weak_passphrases(passphrase: str) -> None:
    assert passphrases.is_weak(passphrase)


@pytest.mark.parametrize(
    "passphrase", ["correct horse battery staple", "Xk7$wq9!LmZ2", "мой дядя самых честных правил"]
)
def test_passphrases_that_are_not_weak(passphrase: str) -> None:
    assert not passphrases.is_weak(passphrase)
