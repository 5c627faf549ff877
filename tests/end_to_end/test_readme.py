"""What the README shows runs as it stands."""

from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from underpaint_client import reveal

README = Path(__file__).resolve().parent.parent.parent / "README.md"
pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def examples() -> list[str]:
    """Return the README's Python examples, in order."""
    if not README.exists():
        pytest.skip("the README lies elsewhere")
    found = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    assert len(found) == 2
    return found


def test_hiding_and_revealing_as_shown(examples, bare, monkeypatch, capsys):
    shutil.copy(bare.folder / "cover.png", bare.folder / "photo.png")
    shutil.copy(bare.folder / "secret.png", bare.folder / "scan.png")
    monkeypatch.chdir(bare.folder)
    exec(examples[0], {})  # noqa: S102 -- it is our own README
    printed = capsys.readouterr().out
    assert "dB in 2 bit plane(s)" in printed
    assert "scan.png" in printed
    found = reveal("postcard.png", passphrase="eight random words are better")
    assert found.data == (bare.folder / "scan.png").read_bytes()


def test_pushing_as_shown(examples, world, monkeypatch, capsys):
    shutil.copy(world.folder / "cover.png", world.folder / "photo.png")
    shutil.copy(world.folder / "secret.png", world.folder / "scan.png")
    monkeypatch.chdir(world.folder)
    names: dict[str, Any] = {}
    exec(examples[1], names)  # noqa: S102 -- it is our own README
    asyncio.run(names["push"](world.address, world.folder / "alice.key"))
    assert "StageSeconds" in capsys.readouterr().out
    listed = world.server("list", "--json").json
    assert any(row["name"] == "scan.png" for row in listed)
