"""The report's charts, as SVG that takes its colours from the page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.samples import Samples

BINS = 256
_HEIGHT = 100
_CURVE = (400, 150)
_BLOCK = 1 << 16


def histogram(channel: Samples) -> NDArray[np.int64]:
    """Return how often each value occurs; of 16 bits, the upper 8 are told apart."""
    shift = channel.dtype.type(8 * (channel.dtype.itemsize - 1))
    flat = channel.reshape(-1)
    counts = np.zeros(BINS, np.int64)
    for start in range(0, flat.size, _BLOCK):
        counts += np.bincount(flat[start : start + _BLOCK] >> shift, minlength=BINS)
    return counts


def histogram_chart(name: str, image: NDArray[np.int64], cover: NDArray[np.int64] | None) -> str:
    """Return a histogram: the image's as an area, the cover's as a line over it.

    Piles at black and at white are cut off where they would flatten all the rest.
    """
    shown = [image] if cover is None else [image, cover]
    top = max(max(int(counts[1:-1].max()) for counts in shown), 1) * 1.05
    area = _steps(image, top)
    line = "" if cover is None else f'<path class="cover" d="{_steps(cover, top)}"/>'
    words = f"histogram of {name}" + (", the cover's as a line" if cover is not None else "")
    return (
        f'<svg class="histogram" viewBox="0 0 {BINS} {_HEIGHT}" preserveAspectRatio="none" '
        f'role="img" aria-label="{escape(words)}">'
        f'<path class="image" d="{area}V{_HEIGHT}H0Z"/>{line}</svg>'
    )


def _steps(counts: NDArray[np.int64], top: float) -> str:
    """Return the path over the heads of all bars, from left to right."""
    levels = (_HEIGHT - np.minimum(counts / top, 1.0) * _HEIGHT).round(1).tolist()
    return f"M0 {_HEIGHT}" + "".join(f"V{level:g}h1" for level in levels)


def curve_chart(image: Sequence[float], cover: Sequence[float] | None) -> str:
    """Return the chi-square test's probability over growing beginnings of the picture."""
    width, height = _CURVE
    grid = "".join(
        f'<line class="grid" x1="0" x2="{width}" y1="{y:g}" y2="{y:g}"/>'
        for y in (0, height / 2, height)
    )
    lines = "" if cover is None else _curve(cover, "cover")
    return (
        f'<svg class="curve" viewBox="-4 -4 {width + 8} {height + 8}" preserveAspectRatio="none" '
        'role="img" '
        'aria-label="probability that the beginning of the picture is full, from its first '
        f'twentieth to all of it">{grid}{lines}{_curve(image, "image")}</svg>'
    )


def _curve(values: Sequence[float], kind: str) -> str:
    width, height = _CURVE
    step = width / max(len(values) - 1, 1)
    points = " ".join(
        f"{index * step:.1f},{height - value * height:.1f}" for index, value in enumerate(values)
    )
    return f'<polyline class="{kind}" points="{points}"/>'
