"""Identities: kept privately, never overwritten, never shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from underpaint_common.crypto import x25519
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import LocalFileError, UsageError


def test_saves_and_loads(tmp_path: Path) -> None:
    identity = Identity.generate()
    path = tmp_path / "config" / "underpaint" / "identity.key"
    identity.save(path)
    assert path.stat().st_mode & 0o777 == 0o600
    loaded = Identity.load(path)
    assert loaded == identity
    assert loaded.private == identity.private
    assert loaded.public == x25519.public_from(identity.private)


def test_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "identity.key"
    Identity.generate().save(path)
    before = path.read_bytes()
    with pytest.raises(LocalFileError, match="never overwritten"):
        Identity.generate().save(path)
    assert path.read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_refuses_a_file_that_others_can_open(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "identity.key"
    Identity.generate().save(path)
    path.chmod(mode)
    with pytest.raises(LocalFileError, match="by others"):
        Identity.load(path)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError) as caught:
        Identity.load(tmp_path / "identity.key")
    assert caught.value.hint == "run underpaint keygen"


def test_a_folder_is_no_identity(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError, match="cannot read"):
        Identity.load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"x" * 10_000])
def test_a_file_of_something_else_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "identity.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(LocalFileError, match="not a private key"):
        Identity.load(path)


def test_a_public_key_in_its_place_is_told(tmp_path: Path) -> None:
    path = tmp_path / "identity.key"
    path.write_text(Identity.generate().public_text)
    path.chmod(0o600)
    with pytest.raises(LocalFileError, match="public key where a private key belongs"):
        Identity.load(path)


def test_a_repr_shows_the_public_key_alone() -> None:
    identity = Identity.generate()
    assert identity.public_text in repr(identity)
    assert repr(identity.private) not in repr(identity)
    assert identity.private.hex() not in repr(identity)


def test_a_protected_identity_needs_its_passphrase(tmp_path: Path) -> None:
    identity, path = Identity.generate(), tmp_path / "identity.key"
    identity.save(path, "eight random words")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().startswith("uprotected_")
    assert Identity.load(path, lambda: "eight random words\n").private == identity.private
    with pytest.raises(LocalFileError, match="passphrase") as caught:
        Identity.load(path, lambda: "eight other words")
    assert str(path) in caught.value.message
    with pytest.raises(UsageError, match="protected"):
        Identity.load(path)


def test_nobody_is_asked_for_a_passphrase_that_is_not_needed(tmp_path: Path) -> None:
    path = tmp_path / "identity.key"
    Identity.generate().save(path)
    Identity.load(path, lambda: pytest.fail("asked"))
