"""`make bench-detect`: how often detectors are right about what was embedded into the crops."""

from __future__ import annotations

import argparse
import concurrent.futures
import multiprocessing
import os
import time
from pathlib import Path

import numpy as np
from tests.benchmarks.detect.cache import default_folder
from tests.benchmarks.detect.crops import Colour, Crop, read_crops
from tests.benchmarks.detect.judging import Trial, judge, scalar_error, thirds_of
from tests.benchmarks.detect.methods import conditions
from tests.benchmarks.detect.reading import Plan, read_all, read_jpeg
from tests.benchmarks.detect.results import Measured, plot, write_table
from tests.benchmarks.detect.splits import splits
from tests.benchmarks.tables import RESULTS, publish

from underpaint_common.stego.roughness import roughness

PROJECT = Path(__file__).resolve().parents[3]
PACKAGED = PROJECT / "common" / "underpaint_common" / "payload" / "detectability.json"
QUICK_CROPS = 60
JPEG_CROPS = 120
JPEG_QUALITY = 90


def main() -> None:
    """Measure, print the tables, and keep them in ``bench-results``."""
    options = _options()
    started = time.perf_counter()
    # The cores are shared out to processes: a linear algebra that starts threads only gets in
    # their way. Children read this when they load it.
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
    crops = read_crops(options.crops, QUICK_CROPS if options.quick else None, options.seed)
    with concurrent.futures.ProcessPoolExecutor(
        options.processes, multiprocessing.get_context("spawn")
    ) as pool:
        measured = [_measure(colour, crops, options, pool) for colour in Colour]
    for each in measured:
        name = each.colour.value.lower()
        publish(f"detect-{name}", each.table())
        publish(f"detect-{name}-thirds", each.thirds_table())
    print(f"plot: {plot(measured)}")
    write_table(measured, RESULTS / "detectability.json")
    if options.package:
        write_table(measured, PACKAGED)
    print(f"{time.perf_counter() - started:.0f} s")


def _measure(
    colour: Colour,
    crops: tuple[Crop, ...],
    options: argparse.Namespace,
    pool: concurrent.futures.Executor,
) -> Measured:
    """Return the errors of every detector on the crops in one colour."""
    plan = Plan(colour, conditions(), options.seed, options.cache, options.embeddings)
    photos = [crop.photo for crop in crops]
    thirds, medians = thirds_of([roughness(crop.samples(colour)) for crop in crops])
    trial = Trial(splits(photos, options.splits, options.seed), thirds, options.seed)
    judged = judge(read_all(plan, crops, pool), trial, pool)
    every = -(-len(crops) // JPEG_CROPS)
    some = Trial(splits(photos[::every], options.splits, options.seed), thirds[::every], 0)
    shares = read_jpeg(plan, crops[::every], JPEG_QUALITY, pool)
    jpeg = [scalar_error(shares[0], each[np.newaxis], some) for each in shares[1:]]
    return Measured(
        colour=colour,
        crops=len(crops),
        photos=len(set(photos)),
        splits=options.splits,
        seed=options.seed,
        roughness=medians,
        errors=dict(zip(plan.conditions, judged, strict=True)),
        jpeg=dict(zip(plan.conditions, jpeg, strict=True)),
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.detect", description=__doc__)
    shared = Path(os.environ.get("UNDERPAINT_SHARED", PROJECT.parent / "shared"))
    add = parser.add_argument
    add("--quick", action="store_true", help=f"{QUICK_CROPS} crops: minutes, and wide deviations")
    add("--crops", type=Path, default=shared / "crops", help="folder with crops.csv")
    add("--splits", type=int, default=10, help="how often photographs are split (default 10)")
    add("--embeddings", type=int, default=3, help="how often structural detectors are tried")
    add("--seed", type=int, default=2026, help="of payloads, keys and splits (default 2026)")
    add("--processes", type=int, default=os.cpu_count(), help="default: as many as cores")
    add("--cache", type=Path, default=default_folder(), help="where features are kept")
    add("--package", action="store_true", help="also write the table that `hide` reads")
    return parser.parse_args()


if __name__ == "__main__":
    main()
