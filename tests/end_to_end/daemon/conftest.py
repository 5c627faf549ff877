"""A real daemon, as a process of its own on a loopback port, for the tests of this folder."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from underpaint_common.crypto.identity import Identity
from underpaint_common.wire import Address

PATIENCE = 60.0
_READY = re.compile(r"underpaintd: listening on (underpaint://\S+)")
_UNDER_LIMIT = (
    "import resource, runpy, sys; limit = int(sys.argv.pop(1));"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit));"
    "runpy.run_module('underpaint_server', run_name='__main__')"
)


def underpaintd(*args: object, expect: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command of the daemon to its end."""
    command = [sys.executable, "-m", "underpaint_server", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == expect, (args, done.returncode, done.stdout, done.stderr)
    return done


class DaemonProcess:
    """An initialised server; `start` runs it.

    Parameters
    ----------
    folder : Path
        For `underpaintd init`.
    limits : dict
        Lines of `limits:` that differ from the defaults.
    """

    def __init__(self, folder: Path, limits: dict[str, object]) -> None:
        self.folder = folder
        self.config = folder / "server.yaml"
        self.state = folder / "state"
        self.lines: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._reader = threading.Thread()
        underpaintd("init", folder)
        head = self.config.read_text().partition("limits:")[0]
        self.config.write_text(head + "limits: " + json.dumps(limits) + "\n")

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None, "not started"
        return self._process

    def start(self, *, max_file_bytes: int | None = None) -> Address:
        """Run it on a free port; return the address that it says it listens on."""
        python = [sys.executable]
        if max_file_bytes is None:
            python += ["-m", "underpaint_server"]
        else:
            python += ["-c", _UNDER_LIMIT, str(max_file_bytes)]
        command = [*python, "serve", "--config", str(self.config), "--listen", "127.0.0.1:0"]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._read, args=[self._process], daemon=True)
        self._reader.start()
        self.wait_for(lambda: any(map(_READY.match, self.lines)) or self.has_ended)
        match = next(filter(None, map(_READY.match, self.lines)), None)
        assert match is not None, self.lines
        self.lines.clear()
        return Address.parse(match[1])

    @property
    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def wait_for(self, condition: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Wait until something is so; fail with the log when it never is."""
        deadline = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < deadline, self.lines
            time.sleep(0.01)

    def wait_for_event(self, name: str) -> None:
        self.wait_for(lambda: any(f"event={name} " in f"{line} " for line in list(self.lines)))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code

    def kill(self) -> None:
        if self._process is not None:
            if not self.has_ended:
                self._process.kill()
            self.wait()
            assert self._process.stderr is not None
            self._process.stderr.close()

    def allow(self, name: str) -> Identity:
        """Allow a fresh client and return its identity."""
        identity = Identity.generate()
        underpaintd("allow", name, identity.public_text, "--config", self.config)
        if self._process is not None:
            self.wait_for_event("allowed_changed")
            self.lines.clear()
        return identity

    def received(self) -> list[dict[str, Any]]:
        """Return what `underpaintd list --json` prints."""
        listed = underpaintd("list", "--json", "--config", self.config)
        rows: list[dict[str, Any]] = json.loads(listed.stdout)
        return rows

    def leftovers(self) -> list[str]:
        """Return every file that is no finished secret: none when all is well."""
        return [str(p) for name in ("spool", "incoming") for p in (self.state / name).iterdir()]

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self.lines.append(line.rstrip("\n"))


@pytest.fixture
def new_daemon(tmp_path: Path) -> Iterator[Callable[..., DaemonProcess]]:
    """Return a function that initialises a server; all of them end with the test."""
    made: list[DaemonProcess] = []

    def make(**limits: object) -> DaemonProcess:
        made.append(DaemonProcess(tmp_path / f"server{len(made)}", limits))
        return made[-1]

    yield make
    for each in made:
        each.kill()
