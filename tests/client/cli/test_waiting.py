"""A sign of life on a terminal, and nothing elsewhere."""

from __future__ import annotations

import io
import sys

import pytest

from underpaint_client.cli.waiting import waiting


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_nothing_is_said_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting("looking"):
        pass
    assert capsys.readouterr() == ("", "")


def test_a_terminal_sees_what_is_going_on(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with waiting("looking"):
        pass
    assert "looking" in terminal.getvalue()
