"""What the library's page shows runs as it stands, against a real daemon."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "library.md"
ADDRESS = "underpaint://images.example.org:7741/#KEY"
pytestmark = pytest.mark.end_to_end


def test_every_example_runs(
    world: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PAGE.read_text()
    examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(examples) == 8 == text.count("```") // 2
    for source, name in (("cover", "photo"), ("secret", "scan"), ("secret", "map")):
        shutil.copy(world.folder / f"{source}.png", world.folder / f"{name}.png")
    monkeypatch.chdir(world.folder)
    monkeypatch.setenv("UNDERPAINT_IDENTITY", str(world.folder / "alice.key"))
    monkeypatch.setenv("UNDERPAINT_CONFIG", str(world.folder / "library.yaml"))
    before = len(world.server("list", "--json").json)
    names: dict[str, Any] = {"__name__": "example"}
    for example in examples:
        exec(example.replace(ADDRESS, world.address), names)  # noqa: S102 -- it is our own page
    printed = capsys.readouterr().out
    for part in (
        "bit plane(s)",
        " ms to home",
        "nothing",
        "stored: ",
        "thought better of it",
        "does not fit",
    ):
        assert part in printed
    rows = world.server("list", "--json").json[before:]
    assert sorted(row["name"] for row in rows) == ["map.png"] + ["scan.png"] * 5


def test_the_readme_and_the_page_name_what_there_is() -> None:
    import underpaint_client

    named = set(re.findall(r"from underpaint_client import (.*)", PAGE.read_text()))
    for name in {each.strip() for line in named for each in line.split(",")}:
        assert getattr(underpaint_client, name).__doc__
    assert all(hasattr(underpaint_client, name) for name in underpaint_client.__all__)
    with pytest.raises(AttributeError):
        _ = underpaint_client.nothing
