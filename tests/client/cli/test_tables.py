"""Tables: aligned for programs, drawn for people."""

from __future__ import annotations

from typing import Any

import pytest

from underpaint_client.cli.tables import aligned, print_table

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


def test_a_line_end_in_a_name_begins_no_row(capsys: pytest.CaptureFixture[str]) -> None:
    print_table((("name",), ("one\nforged",)))
    assert capsys.readouterr().out == "name\none forged\n"


def test_a_long_text_at_the_end_stays_in_one_piece(terminal: Any) -> None:
    terminal = terminal("stdout", 80)
    address = "underpaint://images.example.org:7741/#upub_" + 58 * "x"
    print_table((("name", "address"), ("home", address)), left=frozenset({0, 1}))
    assert address in terminal.getvalue()


def test_a_terminal_gets_a_drawn_table(terminal: Any) -> None:
    terminal = terminal("stdout", 80)
    print_table((*ROWS, ("[red]x[/]", "\x1b[2J", "0")), left=frozenset({0, 1}))
    text = terminal.getvalue()
    assert "\x1b[1m" in text  # the header is bold
    assert "\N{BOX DRAWINGS LIGHT HORIZONTAL}" in text
    assert "[red]x[/]" in text
    assert "\x1b[2J" not in text
