"""`make bench-quality`: rate and distortion of every mode, beside the theoretical limit.

Random payloads in all Kodak images, plain distortion; as a table and a plot. And Kodak photographs
hidden without loss in covers of several sizes.
"""

from __future__ import annotations

import functools
import math
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image
from tests.benchmarks.tables import RESULTS, markdown, publish

from underpaint_common.payload import Cost, Form, Mode, SecretFile, hide, reveal
from underpaint_common.pictures import Picture, encode
from underpaint_common.stego import adaptive, classic, planes, quality
from underpaint_common.stego.sequence import Sequence

KODAK = Path(__file__).resolve().parents[3] / "shared" / "images" / "kodak"
RATES = (0.05, 0.1, 0.2, 0.4, 0.6, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
HEIGHTS = (8, 10)
SCALES = (("twice its samples", 2.0), ("its own size", 1.0), ("0.8 times its samples", 0.8))
KEY = bytes(range(32))


def limit(rate: float) -> float:
    """Return the least mean squared error: ternary up to one bit, discrete Gaussian beyond."""
    steps = np.arange(-1 if rate <= 1 else -200, 2 if rate <= 1 else 201, dtype=float)
    low, high = 1e-7, 60.0
    for _ in range(200):
        middle = math.sqrt(low * high)
        weights = np.exp(-middle * steps**2)
        weights /= weights.sum()
        used = weights[weights > 0]
        if -(used * np.log2(used)).sum() > rate:
            low = middle
        else:
            high = middle
    return float((weights * steps**2).sum())


def psnr_of(error: float) -> float:
    """Return the PSNR of a mean squared error, in dB."""
    return 10 * math.log10(255**2 / error)


@functools.cache
def _image(number: int) -> np.ndarray:
    return np.ascontiguousarray(Image.open(KODAK / f"kodim{number:02}.png").convert("RGB"))


def _errors(task: tuple[int, float]) -> list[float]:
    """Return the mean squared error of every method on one image at one rate."""
    number, rate = task
    flat = _image(number).reshape(-1)
    rng = np.random.default_rng([number, int(1000 * rate)])
    sequence = Sequence.without(rng.choice(flat.size, 640, replace=False).tolist(), flat.size)
    body = rng.bytes(int(rate * len(sequence)) // 8)
    found = []
    stego = flat.copy()
    classic.embed(stego, body, sequence=sequence, planes=math.ceil(rate))
    found.append(quality.mse(flat, stego))
    stego = flat.copy()
    planes.embed(stego, body, sequence=sequence, positions=rng.bytes, coins=rng.bytes)
    found.append(quality.mse(flat, stego))
    for height in HEIGHTS:
        stego = flat.copy()
        plan = adaptive.plan(flat, None, len(sequence), len(body), height)
        streams = {"positions": np.random.default_rng(1).bytes, "coins": rng.bytes}
        adaptive.embed(stego, body, plan, sequence=sequence, costs=None, **streams)
        got = adaptive.extract(
            stego, len(body), plan, sequence=sequence, positions=np.random.default_rng(1).bytes
        )
        if got != body:
            raise RuntimeError("what was extracted is not what was embedded")
        found.append(quality.mse(flat, stego))
    return found


def _photograph(task: tuple[int, float]) -> float:
    """Return the PSNR of one photograph hidden without loss in the next one, scaled."""
    number, scale = task
    secret, cover = _image(number), _image(number % 24 + 1)
    height, width = (round(side * math.sqrt(scale)) for side in secret.shape[:2])
    if cover.shape != secret.shape:
        height, width = width, height
    scaled = np.asarray(Image.fromarray(cover).resize((width, height), Image.Resampling.LANCZOS))
    file = SecretFile("photo.png", "image/png", b"".join(encode(Picture(secret))))
    picture = Picture(np.ascontiguousarray(scaled))
    hidden = hide(picture, file, KEY, mode=Mode.ADAPTIVE, cost=Cost.FLAT, form=Form.COMPACT)
    if not reveal(hidden.picture, KEY).data:
        raise RuntimeError("nothing was revealed")
    return hidden.report.psnr_db


def main() -> None:
    """Measure the images named by numbers, else all."""
    numbers = [int(each) for each in sys.argv[1:]] or list(range(1, 25))
    with ProcessPoolExecutor(2) as pool:
        _rates(numbers, pool)
        rows = []
        for name, scale in SCALES:
            found = list(pool.map(_photograph, [(number, scale) for number in numbers]))
            rows.append([name, f"{np.mean(found):.2f}", f"{min(found):.2f}", f"{max(found):.2f}"])
            print(" ".join(rows[-1]), file=sys.stderr, flush=True)
        title = f"{len(numbers)} Kodak photographs hidden without loss, compact, dB"
        publish("photographs", markdown(title, ("cover of", "mean", "least", "most"), rows))


def _rates(numbers: list[int], pool: ProcessPoolExecutor) -> None:
    rows, curves = [], []
    for rate in RATES:
        errors = np.array(list(pool.map(_errors, [(number, rate) for number in numbers])))
        best = psnr_of(limit(rate))
        psnrs = [float(np.mean([psnr_of(each) for each in column])) for column in errors.T]
        curves.append([*psnrs, best])
        gaps = [f"{psnr:.2f} ({best - psnr:.2f})" for psnr in psnrs[2:]]
        rows.append([f"{rate}", *(f"{psnr:.2f}" for psnr in psnrs[:2]), *gaps, f"{best:.2f}"])
        print(" ".join(rows[-1]), file=sys.stderr, flush=True)
    names = ["replacement", "planes (OPAP)", *(f"adaptive, effort {h}" for h in HEIGHTS), "limit"]
    title = f"PSNR in dB on {len(numbers)} Kodak images (gap to the limit), plain distortion"
    publish("quality", markdown(title, ["bits per sample", *names], rows))
    _plot(names, np.array(curves).T)


def _plot(names: list[str], curves: np.ndarray) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5))
    for name, curve in zip(names, curves, strict=True):
        axes.plot(RATES, curve, "k--" if name == "limit" else "-", label=name, linewidth=1.2)
    axes.set(xlabel="bits per sample", ylabel="PSNR in dB", title="Kodak, random payloads")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(RESULTS / "quality.png", dpi=120, bbox_inches="tight")


if __name__ == "__main__":
    main()
