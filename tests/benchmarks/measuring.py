"""How things are measured: in turns, best of several, on one core; ratios before values."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 7


@dataclass(frozen=True, slots=True)
class ProcessCost:
    """What one whole process took.

    Parameters
    ----------
    cpu_seconds : float
        User and system time of the process and its children.
    peak_mb : float
        Largest resident set, in 10**6 bytes.
    """

    cpu_seconds: float
    peak_mb: float


def in_turns(tasks: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the least seconds that each task took, the tasks taking turns.

    Turns make the ratio of two tasks hold even where the machine slows down meanwhile.
    """
    best = dict.fromkeys(tasks, float("inf"))
    for _ in range(rounds):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


def process_cost(command: Sequence[str | Path], folder: Path, env: dict[str, str]) -> ProcessCost:
    """Run a command on one core and return what it cost.

    Raises
    ------
    RuntimeError
        If it fails; with the end of what it said.
    """
    log = folder / "output.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=_on_one_core,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command} failed: {log.read_text()[-400:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return ProcessCost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6)


def _on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
