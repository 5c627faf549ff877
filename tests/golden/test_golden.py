"""Help texts, word for word: a change of what people read is made on purpose.

``make golden`` writes them anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from underpaint_client.cli.group import underpaint
from underpaint_common.terminal import run_command
from underpaint_server.cli import cli

FOLDER = Path(__file__).parent
UPDATES = os.environ.get("UNDERPAINT_GOLDEN") == "update"


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of a group and of every command in it."""
    yield path
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name)


PROGRAMS = {"underpaint": underpaint, "underpaintd": cli}
PATHS = [path for name, group in PROGRAMS.items() for path in commands(group, name)]


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_the_help_is_the_one_that_is_kept(
    path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    program, *words = path
    assert run_command(PROGRAMS[program], program, [*words, "--help"]) == 0
    shown = f"$ {' '.join(path)} --help\n{capsys.readouterr().out}"
    kept = FOLDER / f"{'-'.join(path)}.txt"
    if UPDATES:
        kept.write_text(shown, encoding="utf-8")
    assert shown == kept.read_text(encoding="utf-8"), "make golden, if this is meant"


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_summary_is_cut_off(program: str) -> None:
    _, _, summaries = (FOLDER / f"{program}.txt").read_text(encoding="utf-8").partition("Commands:")
    assert summaries
    assert "..." not in summaries


def test_every_text_is_of_a_command() -> None:
    kept = {path.stem for path in FOLDER.glob("*.txt")}
    known = {"-".join(path) for path in PATHS}
    if UPDATES:
        for name in kept - known:
            (FOLDER / f"{name}.txt").unlink()
    else:
        assert kept == known
