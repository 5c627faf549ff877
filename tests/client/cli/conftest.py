"""Running a command line inside the test's process."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.docs.json_schemas import assert_documented

from underpaint_client.cli.group import underpaint
from underpaint_common.terminal import run_command

Run = Callable[..., tuple[int, str, str]]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Terminal]:
    """Return what puts a terminal in the place of a stream, during the test itself."""

    def put(stream: str = "stderr", columns: int = 120) -> Terminal:
        for name in ("NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLUMNS", str(columns))
        made = Terminal()
        monkeypatch.setattr(f"sys.{stream}", made)
        return made

    return put


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command line in the test's folder; return exit code, stdout and stderr.

    With --json, what it prints must be as docs/json.md says.
    """
    monkeypatch.chdir(tmp_path)
    # A slow machine would say more than others: that hiding lasts.
    monkeypatch.setattr("underpaint_client.cli.progress.LONG_SECONDS", 3600.0)

    def run_it(*arguments: str | Path) -> tuple[int, str, str]:
        capfd.readouterr()
        words = [str(each) for each in arguments]
        code = run_command(underpaint, "underpaint", words)
        out, err = capfd.readouterr()
        if "--json" in words:
            assert_documented(underpaint, "underpaint", words, out)
        return code, out, err

    return run_it


@pytest.fixture
def run_json(run: Run) -> Callable[..., dict[str, Any]]:
    """Run a command line with --json, expect an exit code, and return the object."""

    def run_it(*arguments: str | Path, code: int = 0) -> dict[str, Any]:
        result = run(*arguments, "--json")
        assert result[0] == code, result
        parsed: dict[str, Any] = json.loads(result[1])
        return parsed

    return run_it
