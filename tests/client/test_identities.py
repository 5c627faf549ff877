"""Which identity is meant, and where the passphrase of a protected one comes from."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from underpaint_client.identities import IdentityChoice, load_identity
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import LocalFileError, UsageError

WORDS = "the words of this identity"


@pytest.fixture
def protected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Identity]:
    monkeypatch.delenv("UNDERPAINT_IDENTITY_PASSPHRASE", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    identity, path = Identity.generate(), tmp_path / "me.key"
    identity.save(path, WORDS)
    return path, identity


def test_the_file_goes_before_the_environment(
    protected: tuple[Path, Identity], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, identity = protected
    (tmp_path / "words").write_text(WORDS + "\n")
    monkeypatch.setenv("UNDERPAINT_IDENTITY_PASSPHRASE", "others")
    assert IdentityChoice(path, str(tmp_path / "words")).load() == identity
    with pytest.raises(LocalFileError, match="passphrase"):
        IdentityChoice(path).load()


def test_the_environment_serves_programs_and_commands(
    protected: tuple[Path, Identity], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, identity = protected
    monkeypatch.setenv("UNDERPAINT_IDENTITY_PASSPHRASE", WORDS)
    assert IdentityChoice(path).load() == identity
    assert load_identity(path) == identity


def test_without_it_everyone_is_told_how_to_give_it(protected: tuple[Path, Identity]) -> None:
    path, _ = protected
    with pytest.raises(UsageError) as asked:
        IdentityChoice(path).load()
    assert "--identity-passphrase-file" in str(asked.value.hint)
    with pytest.raises(UsageError) as called:
        load_identity(path)
    assert "UNDERPAINT_IDENTITY_PASSPHRASE" in str(called.value.hint)


def test_the_passphrase_of_pictures_is_another_one(
    protected: tuple[Path, Identity], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNDERPAINT_PASSPHRASE", WORDS)
    with pytest.raises(UsageError):
        load_identity(protected[0])
