"""What the daemon counts, in Prometheus's terms.

A registry of its own: nothing is counted twice when a process has several daemons, as tests do.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from underpaint_server.refusals import ALL_CODES

_STAGE_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
# Dense where it matters: a percentile is read off between two bounds.
_LAG_MILLISECONDS = (
    *(0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8),
    *(10, 12, 15, 20, 30, 40, 50, 75, 100, 250, 1000),
)
_LAG_BUCKETS = tuple(milliseconds / 1000 for milliseconds in _LAG_MILLISECONDS)


class Metrics:
    """Counters, gauges and histograms; every method is quick and safe from any thread."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        registry = self._registry
        self._handshakes = Counter(
            "underpaint_handshakes", "Handshakes by result.", ["result"], registry=registry
        )
        self._uploads = Counter(
            "underpaint_uploads", "Uploads by how they ended.", ["result"], registry=registry
        )
        # A counter that appears with its first event has never risen, and no alert sees it.
        for result in ("kept", "again", "broken", *ALL_CODES):
            self._uploads.labels(result)
        for result in ("authenticated", "failed", "turned_away"):
            self._handshakes.labels(result)
        self._bytes = Counter(
            "underpaint_received_bytes", "Bytes of stego images.", registry=registry
        )
        self._stages = Histogram(
            "underpaint_stage_seconds",
            "Seconds that the stages of an upload take, waiting for their turn included.",
            ["stage"],
            buckets=_STAGE_BUCKETS,
            registry=registry,
        )
        self._lag = Histogram(
            "underpaint_loop_lag_seconds",
            "How late the event loop comes to what is due.",
            buckets=_LAG_BUCKETS,
            registry=registry,
        )
        self._worst_lag = Gauge(
            "underpaint_loop_lag_worst_seconds", "The longest lag so far.", registry=registry
        )
        self._worst = 0.0

    def watch(self, name: str, help_: str, value: Callable[[], float]) -> None:
        """Show a number that is asked for when somebody looks."""
        Gauge(f"underpaint_{name}", help_, registry=self._registry).set_function(value)

    def handshake(self, result: str) -> None:
        """Count a handshake: ``authenticated``, ``failed`` or ``turned_away``."""
        self._handshakes.labels(result).inc()

    def upload(self, result: str) -> None:
        """Count an upload: ``kept``, ``again``, ``broken``, or the code of its refusal."""
        self._uploads.labels(result).inc()

    def received(self, count: int) -> None:
        """Count bytes of a stego image."""
        self._bytes.inc(count)

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Take the time of a stage of an upload that comes to its end."""
        started = perf_counter()
        yield
        self._stages.labels(name).observe(perf_counter() - started)

    def loop_lag(self, seconds: float) -> None:
        """Note how late the event loop was."""
        self._lag.observe(seconds)
        if seconds > self._worst:
            self._worst = seconds
            self._worst_lag.set(seconds)

    def text(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self._registry)
