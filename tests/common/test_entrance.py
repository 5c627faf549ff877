"""Signals at the edges of a command: while it is loaded, and after it has ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from underpaint_common.errors import ExitCode

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these signals are of POSIX")

NUMBERS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
PROGRAMS = {"underpaint_client": "underpaint", "underpaint_server": "underpaintd"}


def run(
    folder: Path, command: list[str], library: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python; what imports click gets a library of ours instead, if one is given."""
    environment = dict(os.environ)
    if library is not None:
        (folder / "click.py").write_text(library)
        environment["PYTHONPATH"] = str(folder)
    return subprocess.run(
        [sys.executable, *command], env=environment, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("module", PROGRAMS)
@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number.name)
def test_a_signal_while_a_command_is_loaded_has_its_exit_code(
    tmp_path: Path, module: str, number: int
) -> None:
    library = f"import signal\nsignal.raise_signal({int(number)})\n"
    done = run(tmp_path, ["-m", module, "--help"], library)
    assert done.returncode == ExitCode.INTERRUPTED
    assert done.stdout == ""
    assert done.stderr.splitlines()[0] == f"{PROGRAMS[module]}: error: interrupted"
    assert done.stderr.splitlines()[1].startswith("hint: ")
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("module", PROGRAMS)
def test_a_signal_while_a_command_is_loaded_is_told_as_json(tmp_path: Path, module: str) -> None:
    library = f"import signal\nsignal.raise_signal({int(signal.SIGTERM)})\n"
    done = run(tmp_path, ["-m", module, "status", "--json"], library)
    assert done.returncode == ExitCode.INTERRUPTED
    assert (json.loads(done.stdout)["error"], done.stderr) == ("interrupted", "")


def test_what_is_ignored_stays_ignored(tmp_path: Path) -> None:
    program = (
        "import signal\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from underpaint_client.__main__ import main\n"
        "main()\n"
    )
    (tmp_path / "click.py").write_text("")
    library = "import signal, sys\nsignal.raise_signal(signal.SIGHUP)\nsys.exit(77)\n"
    assert run(tmp_path, ["-c", program], library).returncode == 77


@pytest.mark.parametrize("module", PROGRAMS)
@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number.name)
@pytest.mark.parametrize(
    "late",
    [
        "atexit.register(send)",
        "threading.Thread(target=lambda: [threading.main_thread().join(), send()]).start()",
    ],
    ids=["last step", "waiting for threads"],
)
def test_a_signal_after_a_command_has_ended_does_not_change_how(
    tmp_path: Path, module: str, number: int, late: str
) -> None:
    program = (
        "import atexit, os, signal, sys, threading\n"
        f"send = lambda: os.kill(os.getpid(), {int(number)})\n"
        f"{late}\n"
        f"from {module}.__main__ import main\n"
        "main()\n"
    )
    done = run(tmp_path, ["-c", program, "--wrong"])
    assert done.returncode == ExitCode.USAGE
    assert "Traceback" not in done.stderr
    assert "ignored" not in done.stderr
