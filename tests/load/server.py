"""What the system and the daemon itself say of a running daemon."""

from __future__ import annotations

import os
import re
import socket
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.daemon.process import DaemonProcess

_BUCKET = re.compile(r'underpaint_loop_lag_seconds_bucket\{le="([^"]+)"\} (\S+)')
_WORST = re.compile(r"(?m)^underpaint_loop_lag_worst_seconds (\S+)")
_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True, slots=True)
class Lag:
    """How late the event loop was, in seconds; the percentile is a bucket's upper bound."""

    p99: float
    worst: float


class Watched:
    """A daemon whose metrics are served.

    Parameters
    ----------
    daemon : DaemonProcess
        Not started yet.
    """

    def __init__(self, daemon: DaemonProcess) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self._port = listening.getsockname()[1]
        self._daemon = daemon
        daemon.configure(metrics=f"127.0.0.1:{self._port}")

    def cpu_seconds(self) -> float:
        """Return the processor time that it has used, of all its threads."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_bytes(self) -> int:
        """Return the most memory that it has held."""
        found = _PEAK.search(self._proc("status"))
        assert found is not None
        return int(found[1]) * 1024

    def lag(self) -> Lag:
        """Return the lag since the start."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/metrics") as answer:
            text = answer.read().decode()
        buckets = [(float(bound), float(count)) for bound, count in _BUCKET.findall(text)]
        total = buckets[-1][1]
        p99 = next(bound for bound, count in buckets if count >= 0.99 * total)
        worst = _WORST.search(text)
        assert worst is not None
        return Lag(p99, float(worst[1]))

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self._daemon.process.pid}/{name}").read_text()
