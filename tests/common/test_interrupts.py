"""Signals that end a process do it in order, unless it is told to ignore them."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.signalling import interrupted

from underpaint_common.errors import ExitCode
from underpaint_common.interrupts import taken_as_ctrl_c

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these signals are of POSIX")

PROGRAM = """\
import asyncio, pathlib, signal, sys, threading, time
import click
from underpaint_common.files import write_atomically
from underpaint_common.terminal import run_command

BEFORE

def chunks():
    yield b"half of it"
    print("half", flush=True)
    time.sleep(600)

@click.group()
def tool(): pass

@tool.command()
def write():
    write_atomically(pathlib.Path("out"), chunks(), overwrite=False)

@tool.command()
def wait():
    async def main():
        print("half", flush=True)
        try:
            await asyncio.sleep(600)
        finally:
            print("cleaned up", flush=True)
    asyncio.run(main())

sys.exit(run_command(tool, "tool"))
"""


def stopped(
    folder: Path, command: str, number: int, before: str = ""
) -> tuple[int, str, list[str]]:
    program = PROGRAM.replace("BEFORE", before)
    with subprocess.Popen(
        [sys.executable, "-c", program, command],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half\n"
        rest, _ = interrupted(process, number)
    return process.returncode, rest, [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_way_to_stop_a_command_leaves_no_part_of_a_file(tmp_path: Path, number: int) -> None:
    assert stopped(tmp_path, "write", number) == (ExitCode.INTERRUPTED, "", [])


def test_a_command_of_asyncio_cleans_up_first(tmp_path: Path) -> None:
    code, out, _ = stopped(tmp_path, "wait", signal.SIGTERM)
    assert (code, out) == (ExitCode.INTERRUPTED, "cleaned up\n")


def test_sigterm_counts_where_ctrl_c_is_ignored(tmp_path: Path) -> None:
    before = "signal.signal(signal.SIGINT, signal.SIG_IGN)"
    assert stopped(tmp_path, "write", signal.SIGTERM, before)[0] == ExitCode.INTERRUPTED


def test_handlers_are_put_back_and_those_of_others_left_alone() -> None:
    mine = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        before = signal.getsignal(signal.SIGTERM)
        with taken_as_ctrl_c():
            assert signal.getsignal(signal.SIGTERM) is not before
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is before
    finally:
        signal.signal(signal.SIGHUP, mine)
