"""Protected identities on the command line: made, used, and refused in every command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from underpaint_client.demo.landscape import landscape
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ExitCode

WORDS = "six words that nobody would guess"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("UNDERPAINT_IDENTITY_PASSPHRASE", raising=False)
    monkeypatch.delenv("UNDERPAINT_PASSPHRASE", raising=False)
    file = tmp_path / "words"
    file.write_text(WORDS + "\n")
    return file


def test_keygen_protect_encrypts_what_it_writes(run: Run, tmp_path: Path, words: Path) -> None:
    made = run("keygen", "--identity", "me.key", "--protect", "--identity-passphrase-file", words)
    assert made[0] == ExitCode.DONE
    identity = Identity.load(tmp_path / "me.key", lambda: WORDS)
    assert made[1] == identity.public_text + "\n"
    assert (tmp_path / "me.key").read_text().startswith("uprotected_")
    assert WORDS not in made[2]


def test_a_weak_passphrase_is_warned_of(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERPAINT_IDENTITY_PASSPHRASE", "12345")
    code, _, err = run("keygen", "--identity", "me.key", "--protect")
    assert code == ExitCode.DONE
    assert "warning: this passphrase is weak" in err


def test_nothing_is_written_where_no_passphrase_comes(
    run: Run, tmp_path: Path, words: Path
) -> None:
    words.write_text("\n")
    code, _, err = run(
        "keygen", "--identity", "me.key", "--protect", "--identity-passphrase-file", words
    )
    assert code == ExitCode.USAGE
    assert "empty" in err
    assert not (tmp_path / "me.key").exists()


@pytest.mark.parametrize("more", [["--protect"], ["--identity", "me.key"]])
def test_a_shared_key_has_no_passphrase_and_no_identity(
    run: Run, tmp_path: Path, more: list[str]
) -> None:
    assert run("keygen", "--shared", "family.key", *more)[0] == ExitCode.USAGE
    assert not (tmp_path / "family.key").exists()


def test_hides_and_reveals_between_protected_identities(
    run: Run, run_json: Callable[..., dict[str, Any]], tmp_path: Path, words: Path
) -> None:
    from PIL import Image

    Image.fromarray(landscape(width=160, height=120)).save(tmp_path / "cover.png")
    (tmp_path / "note.txt").write_text("hello")
    keys = {}
    for name in ("alice", "bob"):
        protect = ("--protect", "--identity-passphrase-file", words)
        keys[name] = run_json("keygen", "--identity", f"{name}.key", *protect)["public_key"]
    who = ("--identity", "alice.key", "--to", keys["bob"])
    hide = ("hide", "note.txt", "cover.png", "-o", "stego.png", *who)
    assert run(*hide)[0] == ExitCode.USAGE
    assert not (tmp_path / "stego.png").exists()
    assert run(*hide, "--identity-passphrase-file", words)[0] == ExitCode.DONE
    reveal = ("reveal", "stego.png", "-o", "found.txt", "--identity", "bob.key")
    (tmp_path / "others").write_text("some other words")
    wrong = run(*reveal, "--from", keys["alice"], "--identity-passphrase-file", "others")
    assert wrong[0] == ExitCode.LOCAL_FILE
    assert "bob.key" in wrong[2]
    right = run(*reveal, "--from", keys["alice"], "--identity-passphrase-file", words)
    assert right[0] == ExitCode.DONE
    assert (tmp_path / "found.txt").read_text() == "hello"


def test_two_passphrases_cannot_share_standard_input(run: Run) -> None:
    code, _, err = run(
        *("reveal", "-", "--from", Identity.generate().public_text),
        *("--identity-passphrase-file", "-"),
    )
    assert code == ExitCode.USAGE
    assert "standard input" in err
