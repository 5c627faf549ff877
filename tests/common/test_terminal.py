"""The door of the commands: every way out has its exit code and its words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from underpaint_common.errors import (
    ConnectionFailed,
    Damaged,
    DoesNotFit,
    ExitCode,
    LocalFileError,
    NothingFound,
    Refused,
    SomeFailed,
    UnderpaintError,
    UnusableImage,
    UsageError,
)
from underpaint_common.terminal import exit_code_table, print_name, printable, run_command, styled

OURS: list[UnderpaintError] = [
    UsageError("no such key", hint="read the manual"),
    NothingFound("nothing"),
    Damaged("damaged"),
    DoesNotFit("too small"),
    UnusableImage("no image"),
    ConnectionFailed("no connection"),
    Refused("no", code="quota"),
    LocalFileError("no such file"),
    SomeFailed("one failed"),
]


def group_raising(error: BaseException | None) -> click.Group:
    @click.group()
    def tool() -> None:
        """Do a thing."""

    @tool.command()
    @click.option("--json", "as_json", is_flag=True)
    @click.option("--count", type=int)
    def act(as_json: bool, count: int | None) -> None:
        if error is not None:
            raise error

    return tool


@pytest.mark.parametrize("error", OURS, ids=lambda error: type(error).__name__)
def test_our_errors_end_with_their_code_and_words(
    error: UnderpaintError, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(group_raising(error), "tool", ["act"]) == error.exit_code
    out, err = capsys.readouterr()
    assert out == ""
    expected = f"tool: error: {error.message}\n" + (f"hint: {error.hint}\n" if error.hint else "")
    assert err == expected


@pytest.mark.parametrize("error", OURS, ids=lambda error: type(error).__name__)
def test_json_gets_the_error_as_one_object_on_stdout(
    error: UnderpaintError, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_command(group_raising(error), "tool", ["act", "--json"])
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == {
        "error": error.exit_code.name.lower(),
        "exit_code": code,
        "message": error.message,
        "hint": error.hint,
    }


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["act", "--count", "many"], "invalid value"),
        (["act", "--cuont", "1"], "--count"),
        (["atc"], "no such command"),
        ([], "Usage:"),
    ],
)
def test_a_wrong_call_is_usage(
    args: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(group_raising(None), "tool", args) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err


def test_done_and_help_are_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(group_raising(None), "tool", ["act"]) == ExitCode.DONE
    assert run_command(group_raising(None), "tool", ["act", "--help"]) == ExitCode.DONE
    assert "--count" in capsys.readouterr().out


def test_interrupt_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(group_raising(KeyboardInterrupt()), "tool", ["act"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_fault_asks_to_report_and_hides_what_it_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("UNDERPAINT_DEBUG", raising=False)
    assert run_command(group_raising(ZeroDivisionError("innards")), "tool", ["act"]) == 1
    err = capsys.readouterr().err
    assert "ZeroDivisionError" in err
    assert "report" in err
    assert "innards" not in err
    assert "Traceback" not in err


def test_a_fault_shows_its_traceback_on_demand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("UNDERPAINT_DEBUG", "1")
    assert run_command(group_raising(ZeroDivisionError("innards")), "tool", ["act"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_too_little_memory_is_no_fault_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(group_raising(MemoryError()), "tool", ["act"]) == ExitCode.UNUSABLE_IMAGE
    assert "not enough memory" in capsys.readouterr().err


def test_a_wrong_call_without_a_better_hint_points_to_the_commands_help(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run_command(group_raising(UsageError("no")), "tool", ["act"]) == ExitCode.USAGE
    assert capsys.readouterr().err == "tool: error: no\nhint: see tool act --help\n"
    run_command(group_raising(None), "tool", ["atc"])
    assert capsys.readouterr().err.endswith("hint: see tool --help\n")


@pytest.mark.parametrize(
    ("variable", "value", "coloured"),
    [("NO_COLOR", "", True), ("NO_COLOR", "1", False), ("TERM", "dumb", False)],
)
def test_colour_is_left_away_where_nobody_wants_it(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, *, coloured: bool
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv(variable, value)
    assert ("\x1b" in styled("error:", fg="red")) is coloured


def test_a_file_that_fails_late_is_a_file_error(capsys: pytest.CaptureFixture[str]) -> None:
    full = OSError(28, "No space left on device", "out.png")
    assert run_command(group_raising(full), "tool", ["act"]) == ExitCode.LOCAL_FILE
    assert "out.png: no space left on device" in capsys.readouterr().err


def test_control_characters_of_a_peer_never_reach_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run_command(group_raising(Refused("\x1b[2Jgone\r", code="x")), "tool", ["act"])
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert "\r" not in err
    assert printable("two\nlines é 漢") == "two\nlines é 漢"


def test_a_name_with_a_line_end_forges_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    forged = Refused("no\nhint: send your key", code="x", hint="none\ntool: error: more")
    run_command(group_raising(forged), "tool", ["act"])
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_program_gets_a_names_bytes_and_a_terminal_what_is_printable(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = os.fsdecode(b"\xff\x1b[2J\xc3\xa9")
    print_name(name)
    assert capfdbinary.readouterr().out == b"\xff\x1b[2J\xc3\xa9\n"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_name(Path(name))
    assert capfdbinary.readouterr().out.decode() == "\ufffd\ufffd[2J\u00e9\n"


def test_a_reader_that_goes_away_gets_no_traceback() -> None:
    program = (
        "import click, sys\n"
        "from underpaint_common.terminal import run_command\n"
        "@click.group()\n"
        "def tool(): pass\n"
        "@tool.command()\n"
        "def act():\n"
        "    for _ in range(100_000): click.echo('line')\n"
        "sys.exit(run_command(tool, 'tool', ['act']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"line\n"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == ExitCode.LOCAL_FILE


def test_the_table_names_every_code() -> None:
    rows = exit_code_table().splitlines()
    assert [int(row.split()[0]) for row in rows] == [int(code) for code in ExitCode]
