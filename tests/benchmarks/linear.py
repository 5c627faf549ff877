"""Time and memory from 1 to 100 megapixels: both should be straight lines."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.benchmarks.tables import RESULTS, markdown, publish

from underpaint_common.crypto.keystream import KeyStream
from underpaint_common.stego import planes
from underpaint_common.stego.sequence import Sequence

MEGAPIXELS = (1, 2, 5, 10, 20, 50, 100)
RATES = (0.065, 1.0, 4.0)
PROJECT = Path(__file__).resolve().parent.parent.parent


def main() -> None:
    """Measure every size in a process of its own, write the table and the plot."""
    results = [_in_child(size, rate) for rate in RATES for size in MEGAPIXELS]
    rows = [
        [
            f"{each['rate']}",
            f"{each['megapixels']}",
            f"{each['embed']:.3f}",
            f"{each['embed'] / each['megapixels'] * 1000:.2f}",
            f"{each['extract']:.3f}",
            f"{each['extract'] / each['megapixels'] * 1000:.2f}",
            f"{each['extra_mb']:.1f}",
        ]
        for each in results
    ]
    columns = ("bits a sample", "megapixels", "embed s", "ms a MP", "extract s", "ms a MP",
               "extra MB")  # fmt: skip
    title = "RGB from 1 to 100 megapixels; extra memory is beyond cover, stego image and body"
    publish("linear", markdown(title, columns, rows))
    _plot(results)


def _in_child(size: int, rate: float) -> dict[str, float]:
    """Return what one size took; a fresh process, as its peak memory is what is asked for."""
    command = [sys.executable, "-m", "tests.benchmarks.linear", str(size), str(rate)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def _measure(size: int, rate: float) -> dict[str, float]:
    """Embed and extract twice in this process: for the clock, then for the memory."""
    rng = np.random.default_rng(1)
    stego = np.tile(rng.integers(16, 240, 1_000_000, np.uint8), size * 3)
    sequence = Sequence.without([], stego.size)
    body = bytes(int(stego.size * rate / 8))
    seconds = _round_trip(stego, body, sequence)
    tracemalloc.start()
    _round_trip(stego, body, sequence)
    _, peak = tracemalloc.get_traced_memory()
    # The body that extraction returns is the result, not work space.
    extra = (peak - len(body)) / 1e6
    embed, extract = seconds
    return {"megapixels": size, "rate": rate, "embed": embed, "extract": extract, "extra_mb": extra}


def _round_trip(stego: NDArray[np.uint8], body: bytes, sequence: Sequence) -> tuple[float, float]:
    """Return the seconds of embedding and of extracting."""
    start = time.perf_counter()
    coins = KeyStream(b"c" * 32).read
    planes.embed(stego, body, sequence=sequence, positions=KeyStream(bytes(32)).read, coins=coins)
    middle = time.perf_counter()
    back = planes.extract(stego, len(body), sequence=sequence, positions=KeyStream(bytes(32)).read)
    end = time.perf_counter()
    if back != body:
        raise RuntimeError("what was extracted is not what was embedded")
    return middle - start, end - middle


def _plot(results: list[dict[str, float]]) -> None:
    """Draw seconds over megapixels, both axes linear."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    for axes, task in zip(figure.subplots(1, 2), ("embed", "extract"), strict=True):
        for rate in RATES:
            points = [each for each in results if each["rate"] == rate]
            x = [each["megapixels"] for each in points]
            axes.plot(x, [each[task] for each in points], "o-", label=f"{rate:g} bits a sample")
        axes.set(title=task, xlabel="megapixels (RGB)", ylabel="seconds", ylim=(0, None))
        axes.grid(alpha=0.3)
        axes.legend()
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "linear.png"
    figure.savefig(path, dpi=130)
    print(f"plot: {path.relative_to(PROJECT)}\n")


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]), float(sys.argv[2]))))
