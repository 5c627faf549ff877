"""A real daemon as a process of its own on a loopback port."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from tests.living import sizes_in

from underpaint_common.crypto.identity import Identity
from underpaint_common.wire import (
    Address,
)
from underpaint_server.allowed import AllowedFile
from underpaint_server.config import load_config
from underpaint_server.listing import received
from underpaint_server.setup import new_server

PATIENCE = 180.0  # no test waits for as long: it only ends what hangs
_READY = re.compile(r"underpaintd: listening on (underpaint://\S+)")
_RUN = "import runpy; runpy.run_module('underpaint_server', run_name='__main__')"


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
        Where server.yaml and the state folder are made.
    limits : dict, optional
        Lines of `limits:` that differ from the defaults; None for a folder that is there.
    """

    def __init__(self, folder: Path, limits: dict[str, object] | None) -> None:
        self.folder = folder
        self.config = folder / "server.yaml"
        self.state = folder / "state"
        self.lines: list[str] = []
        self._process: subprocess.Popen[str] | None = None
        self._reader = threading.Thread()
        if limits is None:
            return
        new_server(folder, host=None, listen=None)
        head = self.config.read_text().partition("limits:")[0]
        self.config.write_text(head + "limits: " + json.dumps(limits) + "\n")

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None, "not started"
        return self._process

    def configure(self, **lines: object) -> None:
        """Add top-level lines to the configuration, or replace them."""
        text = self.config.read_text()
        for name, value in lines.items():
            line = f"{name}: {json.dumps(value)}"
            text, count = re.subn(rf"(?m)^{name}:.*$", line, text)
            text += "" if count else line + "\n"
        self.config.write_text(text)

    def start(
        self, *, after: str = "pass", pass_fds: tuple[int, ...] = (), port: int = 0
    ) -> Address:
        """Run it on a free port, or on one it had; return the address that it says it listens on.

        Parameters
        ----------
        after : str
            What Python does in that process first, such as lowering a limit.
        pass_fds : tuple of int
            Open files that the process gets.
        """
        python = [sys.executable, "-c", f"{after}\n{_RUN}"]
        command = [*python, "serve", "--config", str(self.config)]
        command += ["--listen", f"127.0.0.1:{port}"]
        self._process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, pass_fds=pass_fds
        )
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

    def allow(self, name: str) -> Identity:
        """Allow a fresh client and return its identity."""
        identity = Identity.generate()
        AllowedFile(self.state / "allowed").allow(name, identity.public)
        if self._process is not None:
            self.wait_for_event("allowed_changed")
            self.lines.clear()
        return identity

    def memory(self, *, peak: bool = False) -> int:
        """Return the bytes of memory that it holds, or the most that it has held; Linux."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(rf"{'VmHWM' if peak else 'VmRSS'}:\s+(\d+) kB", status)
        assert found is not None, status
        return int(found[1]) * 1024

    def received(self) -> list[dict[str, Any]]:
        """Return what `underpaintd list --json` prints."""
        rows: list[dict[str, Any]] = msgspec.to_builtins(received(load_config(self.config)))
        return rows

    def leftovers(self) -> list[str]:
        """Return every file that is no finished secret."""
        folders = (self.state / "spool", self.state / "incoming")
        return [str(path) for folder in folders for path in sizes_in(folder)]

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        with process.stderr:
            for line in process.stderr:
                self.lines.append(line.rstrip("\n"))
