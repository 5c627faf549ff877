"""Stego keys: the same key on both sides, another one for everyone else."""

from __future__ import annotations

from pathlib import Path

import pytest

from underpaint_common.crypto import stego_key
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import LocalFileError, UsageError


def test_a_passphrase_gives_the_same_key_for_ever() -> None:
    assert (
        stego_key.from_passphrase("correct horse battery staple").hex()
        == "5e95242a5bb7997008c9dd08685c9d821fc303bd167734120d9c7b909bec796c"
    )


def test_composed_and_decomposed_letters_are_the_same_passphrase() -> None:
    composed, decomposed = "caf\u00e9 au lait", "cafe\u0301 au lait\n"
    assert stego_key.from_passphrase(composed) == stego_key.from_passphrase(decomposed)


def test_only_one_newline_is_dropped() -> None:
    one, two = stego_key.from_passphrase("a\r\n"), stego_key.from_passphrase("a\n\n")
    assert one == stego_key.from_passphrase("a")
    assert two != one


@pytest.mark.parametrize("passphrase", ["", "\n", "\ud800"])
def test_no_passphrase_at_all_is_told(passphrase: str) -> None:
    with pytest.raises(UsageError):
        stego_key.from_passphrase(passphrase)


def test_two_identities_share_one_key_for_each_direction() -> None:
    alice, bob, carol = Identity.generate(), Identity.generate(), Identity.generate()
    sent = stego_key.from_identities(alice, bob.public, own_is_sender=True)
    assert sent == stego_key.from_identities(bob, alice.public, own_is_sender=False)
    others = {
        stego_key.from_identities(bob, alice.public, own_is_sender=True),
        stego_key.from_identities(carol, alice.public, own_is_sender=False),
        stego_key.from_identities(bob, carol.public, own_is_sender=False),
    }
    assert len(others) == 3
    assert sent not in others


def test_a_useless_public_key_is_told() -> None:
    with pytest.raises(UsageError, match="public key"):
        stego_key.from_identities(Identity.generate(), bytes(32), own_is_sender=True)


def test_key_files(tmp_path: Path) -> None:
    one, other = tmp_path / "one.key", tmp_path / "other.key"
    stego_key.generate_key_file(one)
    stego_key.generate_key_file(other)
    assert stego_key.load_key_file(one) == stego_key.load_key_file(one)
    assert stego_key.load_key_file(one) != stego_key.load_key_file(other)
    with pytest.raises(LocalFileError, match="never overwritten"):
        stego_key.generate_key_file(one)


def test_a_missing_key_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError) as caught:
        stego_key.load_key_file(tmp_path / "none.key")
    assert caught.value.hint == f"run underpaint keygen --shared {tmp_path / 'none.key'}"
