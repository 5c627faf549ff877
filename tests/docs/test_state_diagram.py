"""docs/protocol.md shows the transition table that the code has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
TOOL = PROJECT / "tools" / "state_diagram.py"
PAGE = PROJECT / "docs" / "protocol.md"


def check(page: Path) -> subprocess.CompletedProcess[str]:
    script = (
        "import pathlib, runpy, sys; sys.argv = ['state_diagram.py', '--check'];"
        f"module = runpy.run_path({str(TOOL)!r});"
        f"module['main'].__globals__['PAGE'] = pathlib.Path({str(page)!r});"
        "module['main']()"
    )
    command = [sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_page_shows_the_table() -> None:
    done = check(PAGE)
    assert done.returncode == 0, done.stderr


def test_another_table_would_be_told(tmp_path: Path) -> None:
    page = tmp_path / "protocol.md"
    page.write_text(PAGE.read_text().replace("OPEN --> OPEN: record sent\n", ""))
    done = check(page)
    assert done.returncode == 1
    assert "run tools/state_diagram.py" in done.stderr
