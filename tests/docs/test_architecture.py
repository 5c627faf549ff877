"""The map is true: every room stands on it, and everything that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "ARCHITECTURE.md").read_text()
COMMON = PROJECT / "common" / "underpaint_common"
PART = re.compile(r"^(?:The way in, )?under `([a-z_/]+)`:$|^and beside them:$", re.MULTILINE)


def places() -> list[tuple[Path, list[str]]]:
    """Return the paths that each row names, with the folder below which they are."""
    found, folder = [], PROJECT
    for line in PAGE.splitlines():
        if part := PART.match(line):
            folder = PROJECT / (part[1] or "")
        if line.startswith("| ") and line.count("|") == 3:
            paths = re.findall(r"`([a-z_/]+(?:\.[a-z]+|/))`", line.split("|")[2])
            found.append((folder, paths))
    return found


def test_what_is_named_is_there() -> None:
    rows = places()
    assert len(rows) > 30
    for folder, paths in rows:
        near = folder
        for path in paths:
            place = next(
                (base / path for base in (folder, near, PROJECT) if (base / path).exists()), None
            )
            assert place is not None, f"{path} is not under {near}"
            near = place.parent


def test_every_room_and_module_of_common_has_its_floor() -> None:
    rooms = {f"{each.name}/" for each in COMMON.iterdir() if (each / "__init__.py").exists()}
    modules = {each.name for each in COMMON.glob("*.py")} - {"__init__.py", "version.py"}
    drawn = set(re.findall(r"^ +underpaint_common/(\S+)", PAGE, re.MULTILINE))
    assert drawn == rooms | modules
