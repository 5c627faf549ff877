"""What was measured, kept under ``build/`` and shown as tables and a plot."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from tests.benchmarks.quality.limit import limit, psnr_of
from tests.benchmarks.quality.tasks import CODERS, METHODS, RATES, SCALES, Photograph, Rated
from tests.benchmarks.tables import RESULTS, markdown, publish

from underpaint_common.files import write_atomically

Task = Rated | Photograph

NAMES = ("replacement", "planes (OPAP)", "adaptive, effort 8", "adaptive, effort 10")
COVERS = {2.0: "twice its samples", 1.0: "its own size", 0.8: "0.8 times its samples"}


class Kept:
    """Results by task, in a file that outlives the run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: dict[str, float] = json.loads(path.read_text()) if path.exists() else {}

    def __contains__(self, task: Task) -> bool:
        return repr(task) in self._found

    def __getitem__(self, task: Task) -> float:
        return self._found[repr(task)]

    def add(self, task: Task, value: float) -> None:
        """Keep a result."""
        self._found[repr(task)] = value
        text = json.dumps(self._found, indent=0)
        write_atomically(self._path, [text.encode()], overwrite=True)


def show(kept: Kept, numbers: Sequence[int]) -> None:
    """Publish the tables and the plot of some images."""
    _rates(lambda rate, method: [psnr_of(kept[Rated(each, rate, method)]) for each in numbers])
    rows = []
    for scale in SCALES:
        for coder in CODERS:
            found = [kept[Photograph(each, scale, coder)] for each in numbers]
            figures = (np.mean(found), min(found), max(found))
            rows.append([COVERS[scale], coder, *(f"{each:.2f}" for each in figures)])
    title = f"{len(numbers)} Kodak photographs hidden without loss, compact, dB"
    publish("photographs", markdown(title, ("cover of", "coder", "mean", "least", "most"), rows))


def _rates(psnrs_of: Callable[[float, str], list[float]]) -> None:
    rows, curves = [], []
    count = 0
    for rate in RATES:
        best = psnr_of(limit(rate))
        measured = [psnrs_of(rate, method) for method in METHODS]
        count = len(measured[0])
        psnrs = [float(np.mean(each)) for each in measured]
        curves.append([*psnrs, best])
        gaps = [f"{psnr:.2f} ({best - psnr:.2f})" for psnr in psnrs[2:]]
        rows.append([f"{rate}", *(f"{psnr:.2f}" for psnr in psnrs[:2]), *gaps, f"{best:.2f}"])
    title = f"PSNR in dB on {count} Kodak images (gap to the limit), plain distortion"
    publish("quality", markdown(title, ["bits per sample", *NAMES, "limit"], rows))
    _plot(np.array(curves).T)


def _plot(curves: np.ndarray) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5))
    for name, curve in zip((*NAMES, "limit"), curves, strict=True):
        axes.plot(RATES, curve, "k--" if name == "limit" else "-", label=name, linewidth=1.2)
    axes.set(xlabel="bits per sample", ylabel="PSNR in dB", title="Kodak, random payloads")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(RESULTS / "quality.png", dpi=120, bbox_inches="tight")
