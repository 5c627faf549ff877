"""Signals to a process, as a user sends them: once more where nothing comes of it."""

from __future__ import annotations

import contextlib
import signal
import subprocess

import pytest

_SECONDS = 15
_TIMES = 10


def interrupted(process: subprocess.Popen[str], number: int = signal.SIGINT) -> tuple[str, str]:
    """Send a signal until the process ends; return the rest of its output and of its errors.

    What is not a pipe is an empty text.

    A signal that comes just before a system call that waits is seen by Python only behind it.
    """
    for _ in range(_TIMES):
        process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            out, err = process.communicate(timeout=_SECONDS)
            return out or "", err or ""
    process.kill()
    pytest.fail(f"{_TIMES} signals did not end it")
