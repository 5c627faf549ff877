"""Inputs for a target: drawn by hypothesis, or found by atheris where that is installed."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fuzz.target import Target

CHUNK = 500


def has_atheris() -> bool:
    """Tell whether coverage can guide the inputs."""
    return importlib.util.find_spec("atheris") is not None


@st.composite
def mutations(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """Draw a seed with a few places overwritten, cut out, put in or repeated."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        stop = min(len(data), start + draw(st.integers(0, 20)))
        new = draw(st.one_of(st.binary(max_size=20), st.just(bytes(data[start:stop]) * 2)))
        data[start:stop] = new
    return bytes(data)


def inputs(target: Target) -> st.SearchStrategy[bytes]:
    """Return arbitrary bytes and changed seeds."""
    return st.one_of(mutations(target.seeds), st.binary(max_size=300))


def drive(target: Target, examples: int) -> None:
    """Feed a target a number of inputs."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs(target))
    def feed(data: bytes) -> None:
        target.feed(data)

    for seed in target.seeds:
        target.feed(seed)
    feed()


def drive_by_hypothesis(target: Target, seconds: float) -> int:
    """Feed a target until the time is over; return how many inputs it got."""
    deadline, count = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        drive(target, CHUNK)
        count += CHUNK
    return count


def drive_by_atheris(target: Target, seconds: float) -> None:
    """Feed a target until the time is over, and end the process: libFuzzer returns never."""
    import atheris

    with tempfile.TemporaryDirectory(prefix="underpaint-fuzz-") as corpus:
        for number, seed in enumerate(target.seeds):
            (Path(corpus) / f"seed{number}").write_bytes(seed)
        options = [f"-max_total_time={int(seconds)}", "-max_len=4096", "-timeout=20"]
        options += ["-rss_limit_mb=1024", "-print_final_stats=1", f"-artifact_prefix={corpus}/"]
        atheris.Setup([sys.argv[0], *options, corpus], target.feed)
        atheris.Fuzz()
