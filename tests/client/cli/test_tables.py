"""Tables: aligned for programs, drawn for people."""

from __future__ import annotations

import io

import pytest

from underpaint_client.cli.tables import aligned, print_table


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


ROWS = (("name", "note", "bytes"), ("a", "long words", "1"), ("longer", "", "12345"))


def test_texts_begin_and_numbers_end_at_one_place() -> None:
    assert aligned(ROWS, left=frozenset({0, 1})) == [
        "name    note        bytes",
        "a       long words      1",
        "longer              12345",
    ]


def test_a_pipe_gets_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    print_table((("name",), ("\x1b[2Jevil [bold]x[/]",)))
    assert capsys.readouterr().out == "name\n\N{REPLACEMENT CHARACTER}[2Jevil [bold]x[/]\n"


def test_a_terminal_gets_a_drawn_table(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    print_table((*ROWS, ("[red]x[/]", "\x1b[2J", "0")), left=frozenset({0, 1}))
    text = terminal.getvalue()
    assert "\x1b[1m" in text  # the header is bold
    assert "\N{BOX DRAWINGS LIGHT HORIZONTAL}" in text
    assert "[red]x[/]" in text
    assert "\x1b[2J" not in text
