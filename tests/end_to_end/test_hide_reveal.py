"""Hide and reveal through real processes, on real images where they are at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.end_to_end


def test_a_passphrase_from_file_to_file(bare: Any) -> None:
    (bare.folder / "words").write_text("plenty of words for one small test\n")
    key = ("--passphrase-file", "words")
    hidden = bare.client("hide", "secret.png", "cover.png", "-o", "stego.png", *key, "--json")
    assert hidden.code == 0, hidden.err
    found = bare.client("reveal", "stego.png", "-o", "again.png", *key, "--json")
    assert found.code == 0, found.err
    again = (bare.folder / "again.png").read_bytes()
    assert again == (bare.folder / "secret.png").read_bytes()
    (bare.folder / "words").write_text("other words for one small test\n")
    wrong = bare.client("reveal", "stego.png", "-o", "wrong.png", *key)
    assert wrong.code == 3
    assert not (bare.folder / "wrong.png").exists()


def test_no_key_without_a_terminal(bare: Any) -> None:
    done = bare.client("hide", "secret.png", "cover.png", "-o", "stego.png")
    assert done.code == 2
    assert "hint: " in done.err
    assert not (bare.folder / "stego.png").exists()


@pytest.mark.parametrize("name", ["kodim03.png", "kodim15.png"])
def test_real_photographs_carry_real_secrets(bare: Any, shared: Path, name: str) -> None:
    bare.client("keygen", "--shared", "k")
    cover = shared / "images" / "kodak" / name
    secret = shared / "images" / "secrets" / "passport-specimen.jpg"
    hidden = bare.client("hide", secret, cover, "-o", "stego.png", "--key-file", "k", "--json")
    if hidden.code == 5:
        pytest.skip(f"{secret.name} is too large for {name}")
    assert hidden.code == 0, hidden.err
    found = bare.client("reveal", "stego.png", "--key-file", "k")
    assert found.code == 0, found.err
    assert (bare.folder / secret.name).read_bytes() == secret.read_bytes()


def test_hostile_files_end_with_a_clear_message(bare: Any, shared: Path) -> None:
    bare.client("keygen", "--shared", "k")
    hostile = shared / "images" / "hostile"
    for path in (hostile / "lottapixel.jpg", hostile / "Bad_reallybig.bmp"):
        done = bare.client("reveal", path, "--key-file", "k", "-o", "out.png", "--json")
        assert done.code in (3, 6), (path.name, done.err)
        assert done.json["message"]
        assert not (bare.folder / "out.png").exists()
