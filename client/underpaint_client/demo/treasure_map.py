"""The demo's secret: the map of an island that does not exist, drawn in sepia on old paper."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from underpaint_client.demo.noise import field

WIDTH, HEIGHT = 760, 570
SCALE = 2  # drawn larger and reduced, so that lines come out soft
INK = (74, 46, 24, 255)
RED = (158, 34, 22, 255)
Point = tuple[float, float]


def treasure_map(seed: int = 7) -> bytes:
    """Draw the secret and return it as a PNG file.

    The same seed gives the same picture (for one version of numpy and of Pillow).
    """
    rng = np.random.default_rng(seed)
    picture = Image.fromarray(_paper(rng))
    pen = _Pen.on_blank(rng)
    _draw_coast(pen)
    _draw_land(pen)
    _draw_route(pen)
    _draw_compass(pen, (0.855, 0.245), 0.105)
    _draw_lettering(pen)
    _draw_border(pen)
    ink = pen.sheet.resize(picture.size, Image.Resampling.LANCZOS)
    picture.paste(ink, mask=_worn(rng, ink.getchannel("A")))
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws on a transparent sheet in fractions of its width and height, with a shaky hand."""

    rng: np.random.Generator
    sheet: Image.Image
    draw: ImageDraw.ImageDraw

    @classmethod
    def on_blank(cls, rng: np.random.Generator) -> _Pen:
        sheet = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE), (*INK[:3], 0))
        return cls(rng, sheet, ImageDraw.Draw(sheet))

    def at(self, point: Point) -> Point:
        return point[0] * WIDTH * SCALE, point[1] * HEIGHT * SCALE

    def line(
        self, points: list[Point], width: int = 3, colour: tuple[int, ...] = INK, shake: float = 1.2
    ) -> None:
        jitter = self.rng.normal(0, shake, (len(points), 2))
        path = [
            (x + float(dx), y + float(dy))
            for (x, y), (dx, dy) in zip(map(self.at, points), jitter, strict=True)
        ]
        self.draw.line(path, fill=colour, width=width, joint="curve")

    def text(self, point: Point, words: str, size: int, colour: tuple[int, ...] = INK) -> None:
        font = ImageFont.load_default(size * SCALE)
        self.draw.text(self.at(point), words, fill=colour, font=font, anchor="mm")


def _paper(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Parchment: stains, fibres, darker edges; coarse tones keep the file small."""
    shape = (HEIGHT, WIDTH)
    stains = field(rng, shape, (3, 4), octaves=5) * np.float32(0.5)
    fibres = field(rng, shape, (190, 50)) * np.float32(0.09)
    y = np.abs(np.linspace(-1, 1, HEIGHT, dtype=np.float32))[:, None]
    x = np.abs(np.linspace(-1, 1, WIDTH, dtype=np.float32))[None, :]
    edge = np.maximum(x, y) + stains * np.float32(0.05)
    burnt = np.clip((edge - 0.86) * 5.5, 0, 1) ** 2
    tone = 1 + stains * np.float32(0.11) + fibres - burnt * np.float32(0.42)
    samples = tone[..., None] * np.array([224, 198, 150], dtype=np.float32)
    samples[..., 2] -= burnt * 22
    tones: NDArray[np.uint8] = np.clip(samples, 0, 255).astype(np.uint8)
    return (tones & np.uint8(0xFE)) | np.uint8(1)


def _worn(rng: np.random.Generator, alpha: Image.Image) -> Image.Image:
    """Let the ink fade a little here and there."""
    wear = np.clip(0.9 + field(rng, (HEIGHT, WIDTH), (16, 20), octaves=3) * 0.22, 0.45, 1)
    worn = np.asarray(alpha, dtype=np.float32) * wear
    return Image.fromarray(worn.astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.35))


def _coast(rng: np.random.Generator, growth: float = 1.0, points: int = 320) -> list[Point]:
    """Outline of the island: a circle disturbed by waves of falling height."""
    angle = np.linspace(0, 2 * math.pi, points)
    radius = np.full(points, 0.268)
    for wave in range(2, 26):
        height = 0.085 / wave**1.05
        radius += height * np.sin(wave * angle + rng.uniform(0, 2 * math.pi))
    radius *= growth
    x = 0.455 + radius * np.cos(angle) * 1.12
    y = 0.54 + radius * np.sin(angle) * 1.02
    return [(float(a), float(b)) for a, b in zip(x, y, strict=True)]


def _draw_coast(pen: _Pen) -> None:
    outline = _coast(np.random.default_rng(18))
    pen.draw.polygon([pen.at(point) for point in outline], fill=(190, 160, 96, 70))
    pen.line([*outline, outline[1]], width=5)
    for step, (growth, width) in enumerate(((1.05, 2), (1.10, 2), (1.155, 1))):
        shallows = _coast(np.random.default_rng(18), growth)
        faded = (*INK[:3], 165 - 45 * step)
        for first in range(0, len(shallows) - 9, 10):
            pen.line(shallows[first : first + 9 - step], width=width + 1, colour=faded)


def _draw_land(pen: _Pen) -> None:
    peaks = [(0.36, 0.40, 1.3), (0.42, 0.36, 1.7), (0.48, 0.40, 1.4), (0.31, 0.44, 0.9)]
    for x, y, size in [*peaks, (0.535, 0.43, 1.0), (0.41, 0.44, 0.9)]:
        _draw_mountain(pen, x + 0.015, y + 0.02, 0.042 * size)
    for x, y in pen.rng.uniform((0.25, 0.60), (0.40, 0.70), (13, 2)):
        _draw_tree(pen, float(x), float(y))
    for x, y in pen.rng.uniform((0.53, 0.52), (0.63, 0.60), (7, 2)):
        _draw_tree(pen, float(x), float(y))
    pen.line([(0.485, 0.48), (0.495, 0.52), (0.48, 0.55), (0.495, 0.585), (0.48, 0.625)], width=3)
    for x, y in ((0.12, 0.27), (0.88, 0.62), (0.80, 0.86), (0.07, 0.89), (0.66, 0.14)):
        _draw_wave(pen, x, y)


def _draw_mountain(pen: _Pen, x: float, y: float, size: float) -> None:
    foot = y + size * 0.95
    pen.line([(x - size, foot), (x - size * 0.45, y + size * 0.3), (x, y - size * 0.5)], width=4)
    pen.line([(x, y - size * 0.5), (x + size * 0.4, y + size * 0.2), (x + size, foot)], width=4)
    for part in (0.25, 0.45, 0.65, 0.85):
        top = (x + size * part * 0.9, y - size * 0.5 + size * 1.45 * part)
        pen.line([top, (top[0] - size * 0.16, top[1] + size * 0.32)], width=2)


def _draw_tree(pen: _Pen, x: float, y: float) -> None:
    pen.line([(x, y), (x + 0.004, y - 0.028)], width=3)
    for angle in (-2.9, -2.3, -1.57, -0.85, -0.25):
        tip = (x + 0.004 + 0.017 * math.cos(angle), y - 0.028 + 0.022 * math.sin(angle))
        pen.line([(x + 0.004, y - 0.028), tip], width=3, shake=0.6)


def _draw_wave(pen: _Pen, x: float, y: float) -> None:
    for row in range(3):
        start = x + 0.012 * (row % 2)
        curve = [
            (start + 0.0016 * step, y + 0.02 * row - 0.006 * abs(math.sin(step * 0.45)))
            for step in range(22)
        ]
        pen.line(curve, width=2, shake=0.3, colour=(*INK[:3], 190))


def _draw_route(pen: _Pen) -> None:
    """Dashes from the landing place, round the mountains, to the cross."""
    stations = np.array(
        [(0.20, 0.80), (0.28, 0.76), (0.38, 0.74), (0.47, 0.66), (0.53, 0.60), (0.60, 0.61)]
    )
    t = np.linspace(0, len(stations) - 1, 60)
    x = np.interp(t, np.arange(len(stations)), stations[:, 0]) + 0.006 * np.sin(t * 5)
    y = np.interp(t, np.arange(len(stations)), stations[:, 1]) + 0.010 * np.cos(t * 4)
    path = [(float(a), float(b)) for a, b in zip(x, y, strict=True)]
    for first in range(0, len(path) - 4, 4):
        pen.line(path[first : first + 3], width=5, colour=RED)
    for direction in (1, -1):
        stroke = [(0.603, 0.61 - 0.033 * direction), (0.648, 0.61 + 0.033 * direction)]
        pen.line(stroke, width=10, colour=RED, shake=2.0)


def _draw_compass(pen: _Pen, centre: Point, size: float) -> None:
    cx, cy = pen.at(centre)
    radius = size * HEIGHT * SCALE
    for share, width in ((0.62, 3), (0.56, 2)):
        r = radius * share
        pen.draw.ellipse((cx - r, cy - r, cx + r, cy + r), outline=INK, width=width)
    for point in (1, 3, 5, 7, 0, 2, 4, 6):
        angle = point * math.pi / 4 - math.pi / 2
        long, waist = (radius, 0.16) if point % 2 == 0 else (radius * 0.6, 0.11)
        tip = (cx + long * math.cos(angle), cy + long * math.sin(angle))
        for side, colour in ((1, INK), (-1, (226, 202, 154, 255))):
            turn = angle + side * math.pi / 4
            hip = (cx + radius * waist * math.cos(turn), cy + radius * waist * math.sin(turn))
            pen.draw.polygon([(cx, cy), hip, tip], fill=colour, outline=INK)
    pen.text((centre[0], centre[1] - size * 1.22), "N", 22)


def _draw_lettering(pen: _Pen) -> None:
    pen.text((0.33, 0.105), "ISLA PENTIMENTO", 38)
    pen.line([(0.13, 0.15), (0.33, 0.157), (0.53, 0.15)], width=3)
    pen.text((0.33, 0.185), "what lies beneath, found again to the last bit", 14)
    pen.text((0.665, 0.755), "dig here", 15, RED)
    pen.text((0.155, 0.80), "landing", 14)
    pen.text((0.37, 0.53), "the three sisters", 13)
    pen.text((0.83, 0.93), "drawn from memory", 12)


def _draw_border(pen: _Pen) -> None:
    for inset, width in ((0.030, 5), (0.040, 2)):
        across = inset * HEIGHT / WIDTH
        corners = [(across, inset), (1 - across, inset), (1 - across, 1 - inset)]
        pen.line([*corners, (across, 1 - inset), (across, inset)], width=width, shake=1.5)
