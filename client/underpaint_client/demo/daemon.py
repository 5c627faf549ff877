"""A real daemon for the demo: its own process, its own folder, a free port on loopback."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from underpaint_common.errors import (
    ConnectionFailed,
    DoesNotFit,
    LocalFileError,
    UnderpaintError,
    UnusableImage,
    UsageError,
)

START_SECONDS = 60.0
STOP_SECONDS = 60.0
COMMAND_SECONDS = 300.0
_KINDS: dict[int, type[UnderpaintError]] = {
    kind.exit_code: kind
    for kind in (UsageError, DoesNotFit, UnusableImage, ConnectionFailed, LocalFileError)
}
_ADDRESS = re.compile(r"underpaint://\S+")


def run(module: str, *arguments: str | Path, state: Path | None = None) -> str:
    """Run a command of ours as a process and return its standard output.

    Parameters
    ----------
    module : str
        Which of the two.
    *arguments : str or Path
        Its words.
    state : Path, optional
        Where a push remembers what it must, away from the user's own pushes.

    Raises
    ------
    UnderpaintError
        It took too long, or ended with another exit code than 0; then the error is of the kind
        that the code means.
    """
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, our own module
            [sys.executable, "-m", module, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={
                **os.environ,
                "UNDERPAINT_CONFIG": os.devnull,  # the user's settings are not meant
                "UNDERPAINT_STATE": os.devnull if state is None else str(state),
            },
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        words = f"{module} {arguments[0]} did not end within {COMMAND_SECONDS:g} s"
        raise UnderpaintError(words) from None
    if done.returncode != 0:
        kind = _KINDS.get(done.returncode, UnderpaintError)
        raise kind(f"{module} {arguments[0]} failed: {_last_words(done)}")
    return done.stdout


def run_json(module: str, *arguments: str | Path, state: Path | None = None) -> Any:
    """Run a command of ours with ``--json`` and return what it printed."""
    return json.loads(run(module, *arguments, "--json", state=state))


@dataclass(frozen=True, slots=True)
class Daemon:
    """A running ``underpaintd``.

    Attributes
    ----------
    address : str
        Its address line, with the port it really listens on.
    config : Path
        Its configuration file.
    """

    address: str
    config: Path


@contextlib.contextmanager
def daemon(config: Path) -> Iterator[Daemon]:
    """Serve from a configuration while the block runs; end it with SIGTERM afterwards.

    Raises
    ------
    UnderpaintError
        The daemon does not start, or does not end cleanly.
    """
    process = subprocess.Popen(  # noqa: S603 - this interpreter, our own module
        [
            *(sys.executable, "-m", "underpaint_server", "serve"),
            *("--config", str(config), "--listen", "127.0.0.1:0"),
        ],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    log = _Log(process)
    try:
        yield Daemon(log.wait_for_address(), config)
        process.send_signal(signal.SIGTERM)
        if _exit_code(process) != 0:
            raise UnderpaintError(f"the daemon did not end cleanly: {log.tail()}")
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        log.close()


def _exit_code(process: subprocess.Popen[str]) -> int | None:
    """Return how it ended, or None when it is still there after `STOP_SECONDS`."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(STOP_SECONDS)
    return None


def _last_words(done: subprocess.CompletedProcess[str]) -> str:
    try:
        return str(json.loads(done.stdout)["message"])
    except (ValueError, LookupError, TypeError):
        return (done.stderr or done.stdout).strip()


class _Log:
    """Reads the daemon's stderr for as long as it runs, so that it never blocks on a full pipe."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: deque[str] = deque(maxlen=30)
        self._address: str | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._process.stderr or ():
            self._lines.append(line.rstrip())
            found = _ADDRESS.search(line)
            if found and self._address is None:
                self._address = found.group()

    def wait_for_address(self) -> str:
        deadline = time.monotonic() + START_SECONDS
        while self._address is None:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise UnderpaintError(f"the daemon did not start: {self.tail()}")
            time.sleep(0.02)
        return self._address

    def tail(self) -> str:
        return " | ".join(self._lines)

    def close(self) -> None:
        self._reader.join()
        if self._process.stderr is not None:
            self._process.stderr.close()
