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


@dataclass(frozen=True, slots=True)
class Lag:
    """How late the event loop was.

    Attributes
    ----------
    counts : dict
        How often it was at most so many seconds late, by the bounds of the histogram.
    worst : float
        Seconds; since the daemon started.
    """

    counts: dict[float, float]
    worst: float

    def since(self, before: Lag) -> Lag:
        """Return what was added after an earlier look."""
        added = {bound: count - before.counts[bound] for bound, count in self.counts.items()}
        return Lag(added, self.worst)

    def and_also(self, more: Lag) -> Lag:
        """Return what this and another stretch of time have together."""
        together = {bound: count + more.counts[bound] for bound, count in self.counts.items()}
        return Lag(together, max(self.worst, more.worst))

    def percentile(self, share: float) -> float:
        """Return the seconds that so large a share stayed below.

        Within a bucket the values count as evenly spread, as Prometheus's `histogram_quantile`
        has it; none is above the worst.
        """
        wanted = share * max(self.counts.values())
        low = below = 0.0
        for bound, count in sorted(self.counts.items()):
            if count >= wanted and count > below:
                high = min(bound, self.worst)
                return min(low + (high - low) * (wanted - below) / (count - below), self.worst)
            low, below = bound, count
        return 0.0


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

    def lag(self) -> Lag:
        """Return the lag since the start."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/metrics") as answer:
            text = answer.read().decode()
        counts = {float(bound): float(count) for bound, count in _BUCKET.findall(text)}
        worst = _WORST.search(text)
        assert worst is not None
        return Lag(counts, float(worst[1]))

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self._daemon.process.pid}/{name}").read_text()
