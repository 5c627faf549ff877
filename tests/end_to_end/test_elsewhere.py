"""The client on systems that lack what only POSIX, or only Linux, has."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from underpaint_common.errors import ExitCode

pytestmark = pytest.mark.end_to_end

# The standard library is loaded first: what it needs here, it has elsewhere in another way.
POORER = """\
import asyncio, os, select, shutil, signal, subprocess, sys, tempfile
for name in ("fcntl", "grp", "pwd", "pty", "resource", "syslog", "termios", "tty", "uvloop"):
    sys.modules[name] = None
for name in ("O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_TMPFILE", "chown", "fchmod", "fork",
             "getgid", "getuid", "geteuid", "killpg", "mkfifo",
             "statvfs", "sysconf"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGHUP", "SIGKILL", "SIGUSR1", "SIGALRM", "SIGWINCH", "pthread_sigmask"):
    if hasattr(signal, name):
        delattr(signal, name)
from underpaint_client.__main__ import main
main()
"""


def run(world: Any, *words: object, expect: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-c", POORER, *map(str, words)],
        cwd=world.folder,
        env=world.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expect, done.stderr
    return done.stdout


def test_keys_settings_hiding_and_pushing_work(world: Any) -> None:
    run(world, "keygen", "--shared", "poor.key")
    run(world, "config", "set", "compress", "best")
    run(world, "remote", "add", "server", world.address)
    run(world, "ping", "--to", "server")
    run(world, "hide", "secret.png", "cover.png", "-o", "poor.png", "--key-file", "poor.key")
    run(world, "reveal", "poor.png", "-o", "poor-out.png", "--key-file", "poor.key")
    run(world, "reveal", "cover.png", "--key-file", "poor.key", expect=ExitCode.NOTHING_FOUND)
    original = (world.folder / "secret.png").read_bytes()
    assert (world.folder / "poor-out.png").read_bytes() == original
    run(world, "push", "secret.png", "--cover", "cover.png", "--json")
    run(world, "remote", "remove", "server")
    run(world, "config", "unset", "compress")
