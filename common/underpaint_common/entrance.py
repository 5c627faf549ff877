"""The way into both commands and out of them: signals keep to the exit codes all the way.

While a command runs, signals do what Ctrl-C does (`interrupts`). Before, while modules are
loaded, nothing is begun that had to be taken back, and an exception in the middle of an import
may be lost or come out as another one: there a signal ends the process at once. So it does
afterwards, while the interpreter waits for threads, with the exit code that the command has.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn

from underpaint_common.errors import ExitCode, Interrupted
from underpaint_common.interrupts import NUMBERS, AtOnce

if TYPE_CHECKING:
    import click


def enter(program: str, load: Callable[[], click.Group]) -> NoReturn:
    """Run the command line of this process and end it with its exit code.

    Parameters
    ----------
    program : str
        Its name, as it stands before each error.
    load : callable
        Imports the command line and returns it.
    """
    at_once = AtOnce(ExitCode.INTERRUPTED)
    for number in NUMBERS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as in a shell's background jobs
            signal.signal(number, at_once)
    atexit.register(_ignore_signals, at_once)
    try:
        at_once.tell = _words(program)
        from underpaint_common.terminal import run_command

        group = load()
        at_once.tell = None  # from here on the command does
        at_once.code = code = run_command(group, program)
    except KeyboardInterrupt:  # a second signal, beside the first one's last steps
        code = ExitCode.INTERRUPTED
    if code == ExitCode.INTERRUPTED:
        with contextlib.suppress(OSError):
            sys.stderr.flush()
        os._exit(code)  # threads that still compute would be waited for
    sys.exit(code)


def _words(program: str) -> Callable[[], object]:
    """Return what says what the command would say, without an import: it may be in one."""
    from underpaint_common.json_output import error_as_json, wants_json

    words, hint = "interrupted", Interrupted.usual_hint
    stream, text = sys.stderr, f"{program}: error: {words}\nhint: {hint}"
    if wants_json(sys.argv[1:]):
        stream, text = sys.stdout, error_as_json(ExitCode.INTERRUPTED, words, hint)

    def tell() -> None:
        if stream is not None:
            with contextlib.suppress(OSError):
                os.write(stream.fileno(), f"{text}\n".encode())

    return tell


def _ignore_signals(at_once: AtOnce) -> None:
    """Let nothing come between the last step of ours and the end of the interpreter."""
    for number in NUMBERS:
        if signal.getsignal(number) is at_once:
            signal.signal(number, signal.SIG_IGN)
