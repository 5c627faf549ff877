"""Nothing that a command reads is ever overwritten by it, --force or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from underpaint_common.errors import ExitCode

TO = "underpaint://h.invalid:1/#upub_deo2srzytnbmjy2g5cs7y43gkadmi37wlbc56zckxtfrkqiux4qawqicyy"


@pytest.fixture
def _furnished(tmp_path: Path, cover: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put everything that may be read into the folder that commands run in."""
    monkeypatch.setenv("UNDERPAINT_CONFIG", str(tmp_path / "client.yaml"))
    monkeypatch.setenv("UNDERPAINT_PSK_FILE", str(tmp_path / "of environment.key"))
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "lake.png").write_bytes(cover.read_bytes())
    (tmp_path / "photos" / "notes.txt").write_text("no photo, and still read")
    (tmp_path / "words").write_text("eight random words")
    (tmp_path / "client.yaml").write_text("identity: me.key\n")
    run("keygen")
    for name in ("k.key", "of environment.key"):
        run("keygen", "--shared", name)
    (tmp_path / "link.key").symlink_to("k.key")
    (tmp_path / "hard.key").hardlink_to(tmp_path / "k.key")


HIDE = ("hide", "secret.png", "cover.png", "--format", "png")
REVEAL = ("reveal", "cover.png")
PUSH = ("push", "secret.png", "--to", TO)


@pytest.mark.usefixtures("_furnished")
@pytest.mark.parametrize(
    ("words", "option", "target"),
    [
        ((*HIDE, "--key-file", "k.key"), "-o", "k.key"),
        ((*HIDE, "--key-file", "k.key"), "-o", "link.key"),
        ((*HIDE, "--key-file", "k.key"), "-o", "hard.key"),
        ((*HIDE, "--passphrase-file", "words"), "-o", "words"),
        ((*HIDE, "--to", TO, "--identity-passphrase-file", "words"), "-o", "words"),
        ((*HIDE, "--to", TO, "--identity", "k.key"), "-o", "k.key"),
        ((*HIDE, "--to", TO), "-o", "me.key"),
        ((*HIDE, "--key-file", "k.key"), "-o", "client.yaml"),
        ((*REVEAL, "--key-file", "k.key"), "-o", "k.key"),
        ((*REVEAL, "--passphrase-file", "words"), "-o", "words"),
        ((*REVEAL, "--from", TO, "--identity", "k.key"), "-o", "hard.key"),
        (("inspect", "cover.png"), "-o", "me.key"),
        (("inspect", "cover.png", "--cover", "secret.png"), "-o", "secret.png"),
        ((*PUSH, "--cover", "photos"), "--keep-stego", "photos/lake.png"),
        ((*PUSH, "--cover", "photos"), "--keep-stego", "photos/notes.txt"),
        ((*PUSH, "--cover", "cover.png"), "--keep-stego", "secret.png"),
        ((*PUSH, "--cover", "cover.png"), "--keep-stego", "me.key"),
        ((*PUSH, "--cover", "cover.png"), "--keep-stego", "of environment.key"),
        ((*PUSH, "--cover", "cover.png", "--psk-file", "k.key"), "--keep-stego", "link.key"),
    ],
)
def test_an_input_is_not_overwritten(
    run: Any, tmp_path: Path, secret: Path, words: tuple[str, ...], option: str, target: str
) -> None:
    before = (tmp_path / target).read_bytes()
    code, _, err = run(*words, option, target, "--force")
    assert (tmp_path / target).read_bytes() == before
    assert code == ExitCode.USAGE, err
    assert f"{target} is an input itself, which is never overwritten" in err


@pytest.mark.usefixtures("_furnished")
def test_a_secret_that_is_called_as_the_key_does_not_replace_it(run: Any, tmp_path: Path) -> None:
    (tmp_path / "photos" / "k.gif").write_bytes((tmp_path / "k.key").read_bytes())
    (tmp_path / "photos" / "k.gif").chmod(0o600)
    (tmp_path / "k.gif").write_bytes(b"GIF89a")
    key = ("--key-file", "photos/k.gif")
    assert run("hide", "k.gif", "cover.png", "-o", "stego.png", *key)[0] == 0
    (tmp_path / "k.gif").unlink()
    (tmp_path / "k.gif").hardlink_to(tmp_path / "photos" / "k.gif")
    code, _, err = run("reveal", "stego.png", *key, "--force")
    assert code == ExitCode.USAGE
    assert "k.gif is an input itself" in err


@pytest.mark.usefixtures("_furnished")
def test_another_file_is_replaced(run: Any, tmp_path: Path, secret: Path) -> None:
    assert secret.exists()
    (tmp_path / "stego.png").write_text("old")
    assert run(*HIDE, "--key-file", "k.key", "-o", "stego.png", "--force")[0] == 0
    assert (tmp_path / "stego.png").read_bytes().startswith(b"\x89PNG")
