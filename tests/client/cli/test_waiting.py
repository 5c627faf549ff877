"""A sign of life on a terminal, and nothing elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from underpaint_client.cli.waiting import waiting


def test_nothing_is_said_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with waiting("looking"):
        pass
    assert capsys.readouterr() == ("", "")


def test_a_terminal_sees_what_is_going_on(terminal: Any) -> None:
    drawn = terminal()
    with waiting("looking"):
        pass
    assert "looking" in drawn.getvalue()
