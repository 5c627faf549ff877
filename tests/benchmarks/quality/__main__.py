"""`make bench-quality`: rate and distortion of every mode, beside the theoretical limit.

Random payloads in all Kodak images, plain distortion; as a table and a plot. And Kodak photographs
hidden without loss in covers of several sizes. Half an hour; `--resume` goes on with what an
earlier run kept, `--seconds` ends a run early.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.benchmarks.quality import results
from tests.benchmarks.quality.tasks import CODERS, METHODS, RATES, SCALES, Photograph, Rated

KEPT = Path(__file__).resolve().parents[3] / "build" / "quality.json"
TOGETHER = 8


def tasks(numbers: list[int]) -> list[results.Task]:
    """Return what is to be measured on some images."""
    rated = [Rated(*each) for each in itertools.product(numbers, RATES, METHODS)]
    return [*rated, *(Photograph(*each) for each in itertools.product(numbers, SCALES, CODERS))]


def main() -> None:
    """Measure the images named by numbers, else all."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.quality")
    parser.add_argument("images", type=int, nargs="*", default=list(range(1, 25)))
    parser.add_argument("--resume", action="store_true", help="keep what an earlier run measured")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long")
    wanted = parser.parse_args()
    if not wanted.resume:
        KEPT.unlink(missing_ok=True)
    KEPT.parent.mkdir(exist_ok=True)
    kept = results.Kept(KEPT)
    missing = [task for task in tasks(wanted.images) if task not in kept]
    deadline = time.monotonic() + wanted.seconds
    with ProcessPoolExecutor(2) as pool:
        for done in _measured(missing, pool, kept, deadline):
            print(f"{done} of {len(missing)}", file=sys.stderr, flush=True)
            if done == len(missing):
                break
        else:
            if missing:
                return
    results.show(kept, wanted.images)


def _measured(
    missing: list[results.Task], pool: ProcessPoolExecutor, kept: results.Kept, deadline: float
) -> Iterator[int]:
    """Measure some tasks at a time, until the deadline; yield how many are done."""
    for start in range(0, len(missing), TOGETHER):
        if time.monotonic() > deadline:
            return
        some = {pool.submit(task.measure): task for task in missing[start : start + TOGETHER]}
        for future in as_completed(some):
            kept.add(some[future], future.result())
        yield start + len(some)


if __name__ == "__main__":
    main()
