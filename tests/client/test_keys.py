"""Which key is meant, by each way of naming one."""

from __future__ import annotations

import io
from pathlib import Path

import click
import pytest

from underpaint_client.identities import IdentityChoice
from underpaint_client.keys import KeyChoice, Purpose, stego_key
from underpaint_client.remotes import Remotes
from underpaint_common.crypto import stego_key as derivation
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import LocalFileError, UsageError

WORDS = "correct horse battery staple, and a pinch of salt"


class Terminal(io.StringIO):
    """Stands in for a standard input that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNDERPAINT_PASSPHRASE", raising=False)
    monkeypatch.delenv("UNDERPAINT_IDENTITY", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())


def no_warning(text: str) -> None:
    pytest.fail(f"unexpected warning: {text}")


def test_passphrase_file_and_environment_mean_the_same_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "passphrase"
    file.write_text(WORDS + "\n")
    from_file = stego_key(KeyChoice(passphrase_file=str(file)), Purpose.HIDE, no_warning)
    monkeypatch.setenv("UNDERPAINT_PASSPHRASE", WORDS)
    assert stego_key(KeyChoice(), Purpose.REVEAL, no_warning) == from_file


def test_an_option_goes_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "shared.key"
    derivation.generate_key_file(file)
    monkeypatch.setenv("UNDERPAINT_PASSPHRASE", WORDS)
    key = stego_key(KeyChoice(key_file=file), Purpose.HIDE, no_warning)
    assert key == derivation.load_key_file(file)


def test_sender_and_recipient_derive_one_key(tmp_path: Path) -> None:
    sender, recipient = Identity.generate(), Identity.generate()
    sender.save(tmp_path / "sender.key")
    recipient.save(tmp_path / "recipient.key")
    hiding = KeyChoice(peer=recipient.public_text, identity=IdentityChoice(tmp_path / "sender.key"))
    revealing = KeyChoice(
        peer=sender.public_text, identity=IdentityChoice(tmp_path / "recipient.key")
    )
    key = stego_key(hiding, Purpose.HIDE, no_warning)
    assert stego_key(revealing, Purpose.REVEAL, no_warning) == key
    assert stego_key(revealing, Purpose.HIDE, no_warning) != key


def test_the_key_of_an_address_is_its_fragment() -> None:
    public = Identity.generate().public_text
    remotes = Remotes()
    assert remotes.public_key(f"underpaint://host:7741/#{public}") == remotes.public_key(public)


def test_no_identity_tells_to_run_keygen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERPAINT_IDENTITY", str(tmp_path / "none.key"))
    choice = KeyChoice(peer=Identity.generate().public_text)
    with pytest.raises(LocalFileError) as caught:
        stego_key(choice, Purpose.HIDE, no_warning)
    assert caught.value.hint == "run underpaint keygen"


@pytest.mark.parametrize(
    "choice",
    [
        KeyChoice("a", Path("b")),
        KeyChoice(key_file=Path("b"), peer="c"),
        KeyChoice("a", Path("b"), peer="c"),
        KeyChoice(identity=IdentityChoice(Path("d"))),
        KeyChoice(),
    ],
)
def test_none_or_several_keys_are_a_usage_error(choice: KeyChoice) -> None:
    with pytest.raises(UsageError) as caught:
        stego_key(choice, Purpose.HIDE, no_warning)
    assert caught.value.hint


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\x00"])
def test_a_passphrase_file_must_hold_a_passphrase(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(content)
    with pytest.raises(UsageError):
        stego_key(KeyChoice(passphrase_file=str(file)), Purpose.HIDE, no_warning)


@pytest.mark.parametrize(("purpose", "asked"), [(Purpose.HIDE, True), (Purpose.REVEAL, False)])
def test_a_terminal_is_asked_twice_only_when_hiding(
    monkeypatch: pytest.MonkeyPatch, purpose: Purpose, asked: bool
) -> None:
    confirmations = []

    def prompt(text: str, *, hide_input: bool, err: bool, confirmation_prompt: bool) -> str:
        assert hide_input
        assert err
        confirmations.append(confirmation_prompt)
        return WORDS

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(click, "prompt", prompt)
    assert stego_key(KeyChoice(), purpose, no_warning) == derivation.from_passphrase(WORDS)
    assert confirmations == [asked]


@pytest.mark.parametrize(("purpose", "warnings"), [(Purpose.HIDE, 1), (Purpose.REVEAL, 0)])
def test_a_weak_passphrase_is_warned_of_while_it_can_be_changed(
    monkeypatch: pytest.MonkeyPatch, purpose: Purpose, warnings: int
) -> None:
    monkeypatch.setenv("UNDERPAINT_PASSPHRASE", "hello")
    heard: list[str] = []
    stego_key(KeyChoice(), purpose, heard.append)
    assert len(heard) == warnings
