"""Ctrl-C is obeyed at once, even while a thread is busy."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys

import pytest
from tests.signalling import interrupted

from underpaint_client.cli.running import run
from underpaint_common.errors import ExitCode

PROGRAM = """\
import asyncio, sys, time
import click
from underpaint_client.cli.running import run
from underpaint_common.entrance import enter

def busy():
    print("busy", flush=True)
    time.sleep(300)

@click.group()
def tool(): pass

@tool.command()
def work():
    run(asyncio.to_thread(busy))

sys.argv = ["underpaint", "work"]
enter("underpaint", lambda: tool)
"""


def test_a_coroutine_and_its_threads_come_to_their_end() -> None:
    assert run(asyncio.to_thread(lambda: 7)) == 7


@pytest.mark.skipif(sys.platform == "win32", reason="these signals are of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nobody_waits_for_a_busy_thread(number: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "busy\n"
        _, err = interrupted(process, number)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "underpaint: error: interrupted\n" in err
