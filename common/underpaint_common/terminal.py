"""The door of both commands: how errors leave a process, and with which exit code.

Rules for everything that is printed here: an error is one line on stderr, prefixed with the
program's name, lower case, no full stop; what to do about it is a second line, `hint: ...`.
With `--json` the error is one JSON object on stdout instead. Control characters, which may
come from a peer or a file name, never reach the terminal.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.exceptions import NoArgsIsHelpError

from underpaint_common import standard_streams
from underpaint_common.errors import ExitCode, Interrupted, LocalFileError, UnderpaintError
from underpaint_common.interrupts import taken_as_ctrl_c
from underpaint_common.json_output import as_json, error_as_json, wants_json

DEBUG_VARIABLE = "UNDERPAINT_DEBUG"


@dataclass(frozen=True, slots=True)
class Report:
    """What the user is told about an error.

    Parameters
    ----------
    exit_code : ExitCode
        What the process ends with.
    message : str
        What happened; nothing is printed where it is empty.
    hint : str, optional
        What to do next.
    """

    exit_code: ExitCode
    message: str
    hint: str | None = None

    def as_text(self, program: str) -> str:
        """Return the lines for stderr."""
        lines = [f"{program}: {styled('error:', fg='red', bold=True)} {on_one_line(self.message)}"]
        if self.hint:
            lines.append(f"{styled('hint:', fg='cyan')} {on_one_line(self.hint)}")
        return "\n".join(lines)


_NOBODY_READS = Report(ExitCode.LOCAL_FILE, "")


def run_command(group: click.Group, program: str, args: Sequence[str] | None = None) -> int:
    """Run a command line and turn every way out of it into an exit code.

    Parameters
    ----------
    group : click.Group
        The command line.
    program : str
        Its name, as it stands before each error.
    args : sequence of str, optional
        The arguments; those of the process if not given.

    Returns
    -------
    int
        The exit code: what the command returned, or that of the error it raised.
    """
    arguments = list(sys.argv[1:] if args is None else args)
    standard_streams.prepare()
    try:
        with taken_as_ctrl_c():
            result = group.main(arguments, prog_name=program, standalone_mode=False)
            sys.stdout.flush()
    except NoArgsIsHelpError as no_command:
        no_command.show()
        return ExitCode.USAGE
    except BaseException as error:  # noqa: BLE001 - the last door: what passes it is a traceback
        report = _with_hint(_report_of(error), _command_path(group, program, arguments))
        return _leave(report, program, as_json=wants_json(arguments))
    return int(result) if isinstance(result, int) else ExitCode.DONE


def exit_code_table() -> str:
    """Return the exit codes as lines of text, for `--help` and the documentation.

    In a click epilog the table is kept as it is by a line with a single backspace before it.
    """
    return "\n".join(f"{int(code):>5}  {code.meaning}" for code in ExitCode)


def printable(text: str) -> str:
    """Replace what could move a terminal's cursor; line ends stay."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def on_one_line(text: str) -> str:
    """Return what is printable of a text, in which a name with a line end forges no line."""
    return printable(text.replace("\n", "\N{REPLACEMENT CHARACTER}"))


def print_json(value: Any) -> None:
    """Print the one JSON value that `--json` promises; that is UTF-8, whatever the terminal is."""
    click.echo(as_json(value).encode())


def print_name(name: str | Path) -> None:
    """Print a file's name: its very bytes where a program reads them, else what is printable."""
    text = str(name)
    click.echo(on_one_line(text) if sys.stdout.isatty() else os.fsencode(text))


def styled(text: str, *, fg: str, bold: bool = False) -> str:
    """Return a text in colour, unless the user wants none (no-color.org).

    Where it does not go to a terminal, `click.echo` takes the colour out again.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return click.style(text, fg=fg, bold=bold or None)


def _report_of(error: BaseException) -> Report:
    match error:
        case UnderpaintError():
            return Report(error.exit_code, error.message, error.hint)
        case click.ClickException():
            return _report_of_click(error)
        case click.Abort() if isinstance(error.__context__, EOFError):
            return Report(ExitCode.USAGE, "the input ended where an answer was expected")
        case click.Abort() | KeyboardInterrupt():
            return Report(ExitCode.INTERRUPTED, "interrupted", Interrupted.usual_hint)
        case SystemExit(code=0 | None):  # shell completion
            return Report(ExitCode.DONE, "")
        case BrokenPipeError() | SystemExit():
            return _NOBODY_READS  # click turns a reader that went away (`| head`) into SystemExit
        case OSError() if error.strerror and not isinstance(error, ConnectionError):
            where = f"{error.filename}: " if error.filename else ""
            hint = LocalFileError.usual_hint
            return Report(ExitCode.LOCAL_FILE, where + error.strerror.lower(), hint)
        case MemoryError():
            return Report(
                ExitCode.UNUSABLE_IMAGE,
                "there is not enough memory for this",
                "take smaller images, or end other programs",
            )
        case _:
            return _report_of_fault(error)


def _report_of_click(error: click.ClickException) -> Report:
    sentence = error.format_message().strip()
    sentence = " ".join(sentence.splitlines())
    message = sentence[:1].lower() + sentence[1:].removesuffix(".")
    if isinstance(error, click.FileError):
        return Report(ExitCode.LOCAL_FILE, message, LocalFileError.usual_hint)
    return Report(ExitCode.USAGE, message)


def _with_hint(report: Report, command: str) -> Report:
    """Point to the command's help where a wrong call has no better hint."""
    if report.exit_code is not ExitCode.USAGE or report.hint:
        return report
    return dataclasses.replace(report, hint=f"see {command} --help")


def _command_path(group: click.Group, program: str, arguments: Sequence[str]) -> str:
    """Return the program and the commands that were called, without looking at options."""
    path = [program]
    command: click.Command | None = group
    for word in arguments:
        found = command.commands.get(word) if isinstance(command, click.Group) else None
        if found is None:
            break
        path.append(word)
        command = found
    return " ".join(path)


def _report_of_fault(error: BaseException) -> Report:
    if os.environ.get(DEBUG_VARIABLE) == "1":
        traceback.print_exception(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return Report(
        ExitCode.FAULT,
        f"this should not have happened: {type(error).__name__}{place}",
        f"please report it; {DEBUG_VARIABLE}=1 shows the details to send along",
    )


def _leave(report: Report, program: str, *, as_json: bool) -> int:
    try:
        if report.message and as_json:
            click.echo(error_as_json(report.exit_code, report.message, report.hint).encode())
        elif report.message:
            click.echo(report.as_text(program), err=True)
        sys.stdout.flush()
        if report == _NOBODY_READS:
            standard_streams.drop_output()  # click keeps the error of a flush to itself
    except OSError:
        standard_streams.drop_output()
        if report.message and as_json:
            with contextlib.suppress(OSError):
                click.echo(report.as_text(program), err=True)
    return report.exit_code
