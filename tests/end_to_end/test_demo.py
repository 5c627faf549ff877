"""The demo, on small pictures of the user's own and on its own drawings."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

pytestmark = pytest.mark.end_to_end


def test_on_the_users_own_files(bare: Any) -> None:
    done = bare.client(
        *("demo", "--cover", "cover.png", "--secret", "secret.png", "-o", "out", "--json")
    )
    assert done.code == 0, done.err
    outcome = done.json
    arrived = (bare.folder / outcome["arrived"]).read_bytes()
    assert arrived == (bare.folder / "secret.png").read_bytes()
    with Image.open(outcome["sheet"]) as sheet:
        assert sheet.format == "PNG"
        assert sheet.width > 1500
    assert sorted(path.name for path in (bare.folder / "out").iterdir()) == [
        "arrived.png",
        "contact-sheet.png",
        "stego.png",
    ]


def test_a_secret_that_cannot_be_drawn_still_arrives(bare: Any) -> None:
    (bare.folder / "notes.txt").write_text("a secret need not be a picture\n")
    done = bare.client("demo", "--cover", "cover.png", "--secret", "notes.txt", "--json")
    assert done.code == 0, done.err
    assert (bare.folder / done.json["arrived"]).read_bytes() == b"a secret need not be a picture\n"


def test_on_its_own_drawings(bare: Any) -> None:
    done = bare.client("demo")
    assert done.code == 0, done.err
    assert "byte for byte" in done.out
    assert "PSNR" in done.out
    assert done.out.splitlines()[-1].endswith("contact-sheet.png")
    made = {path.name for path in (bare.folder / "demo").iterdir()}
    assert made == {"cover.png", "secret.png", "stego.png", "arrived.png", "contact-sheet.png"}


def test_a_cover_that_is_no_image_ends_as_push_would(bare: Any) -> None:
    (bare.folder / "text.png").write_text("only words")
    done = bare.client("demo", "--cover", "text.png", "--secret", "secret.png", "--json")
    assert done.code == 6
    assert "text.png" in done.json["message"]
