"""The slice that a daemon asks the scheduler for."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys

import pytest

# Asks under a niceness, then lets the kernel say what the thread, and one started later, have.
_ASKS = """
import ctypes, os, struct, threading
from underpaint_server.slices import ask_for_short_slices
if {policy} == "batch":
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
os.nice(5)
heard = ask_for_short_slices()
def tell():
    got = ctypes.create_string_buffer(48)
    number = {{"x86_64": 315}}.get(os.uname().machine, 275)
    ctypes.CDLL(None).syscall(number, threading.get_native_id(), got, 48, 0)
    _, policy, _, nice, _, slice_, _, _ = struct.unpack("=IIQiIQQQ", got)
    print(heard, policy, nice, slice_)
tell()
later = threading.Thread(target=tell)
later.start()
later.join()
"""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in {"x86_64", "aarch64", "riscv64"},
    reason="only Linux takes such a wish",
)


def _asked(policy: str) -> list[list[str]]:
    script = _ASKS.format(policy=repr(policy))
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    return [line.split() for line in done.stdout.splitlines()]


def test_all_threads_get_it_and_keep_their_niceness() -> None:
    ours, later = _asked("other")
    assert ours == later
    heard, policy, nice, slice_ = ours
    assert (int(policy), int(nice)) == (os.SCHED_OTHER, os.nice(0) + 5)
    if heard == "True" and _kernel() >= (6, 12):
        assert int(slice_) == 500_000


def test_another_policy_is_the_operators_choice() -> None:
    for heard, policy, _, _ in _asked("batch"):
        assert (heard, int(policy)) == ("False", os.SCHED_BATCH)


def _kernel() -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", platform.release())[:2]))
