"""The demo's cover: a lake among misty mountains at dusk, drawn by arithmetic, 12 megapixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from underpaint_client.demo.noise import FloatArray, curve, field, ridge_line

WIDTH, HEIGHT = 4000, 3000
HORIZON = 0.63
SUN = (0.66, 0.50)
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Range:
    """One mountain range; lengths are fractions of the image's height.

    Parameters
    ----------
    crest : float
        Mean height of the outline, from the top of the image.
    relief : float
        How far the outline swings around it.
    cells, octaves, sharp
        The outline's noise, see `noise.ridge_line`.
    rock, mist : colour
        Colour at the crest and of the haze that gathers below it.
    haze : float
        Depth below the crest at which the haze has taken over.
    """

    crest: float
    relief: float
    cells: float
    octaves: int
    sharp: bool
    rock: Colour
    mist: Colour
    haze: float


RANGES = (
    Range(0.450, 0.100, 4.0, 8, True, (0.66, 0.52, 0.60), (0.97, 0.74, 0.58), 0.17),
    Range(0.500, 0.075, 5.5, 8, True, (0.50, 0.41, 0.52), (0.90, 0.66, 0.56), 0.14),
    Range(0.545, 0.055, 5.0, 8, True, (0.35, 0.32, 0.44), (0.76, 0.57, 0.54), 0.12),
    Range(0.585, 0.040, 4.0, 9, False, (0.21, 0.23, 0.34), (0.54, 0.45, 0.49), 0.09),
    Range(0.612, 0.026, 3.0, 9, False, (0.10, 0.13, 0.20), (0.30, 0.29, 0.36), 0.07),
)
SKY = (
    (0.00, (0.13, 0.22, 0.40)),
    (0.22, (0.30, 0.40, 0.58)),
    (0.42, (0.70, 0.60, 0.64)),
    (0.56, (0.98, 0.74, 0.55)),
    (1.00, (1.00, 0.80, 0.58)),
)


def landscape(seed: int = 1, *, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """Draw the cover.

    Parameters
    ----------
    seed : int
        The same seed gives the same picture (for one version of numpy).
    width, height : int
        Size in pixels.

    Returns
    -------
    NDArray[np.uint8]
        RGB samples, shape ``(height, width, 3)``.
    """
    rng = np.random.default_rng(seed)
    shore = round(height * HORIZON)
    scene = np.empty((height, width, 3), dtype=np.float32)
    land = scene[:shore]
    _paint_sky(rng, land, height)
    for mountains in RANGES:
        _paint_range(rng, land, height, mountains)
    _paint_forest(rng, land, height)
    _paint_lake(rng, scene, shore)
    _vignette(scene)
    return _develop(rng, scene)


def _paint_sky(rng: np.random.Generator, sky: FloatArray, height: int) -> None:
    rows, width = sky.shape[:2]
    stops = [stop for stop, _ in SKY]
    y = np.arange(rows, dtype=np.float32) / height
    for channel in range(3):
        ramp = np.interp(y, stops, [colour[channel] for _, colour in SKY])
        sky[..., channel] = ramp[:, None]
    _paint_clouds(rng, sky)
    x = np.arange(width, dtype=np.float32) / height
    square = (x[None, :] - SUN[0] * width / height) ** 2 + (y[:, None] - SUN[1] * 0.9) ** 2
    glow = 0.55 * np.exp(square * np.float32(-14)) + 0.5 * np.exp(square * np.float32(-160))
    disc = np.clip((np.float32(0.026**2) - square) * np.float32(9000), 0, 1)
    for channel, warmth in enumerate((0.42, 0.34, 0.16)):
        sky[..., channel] += glow * np.float32(warmth) + disc * np.float32(0.5)


def _paint_clouds(rng: np.random.Generator, sky: FloatArray) -> None:
    rows, width = sky.shape[:2]
    drift = field(rng, (rows, width), (5, 3.0), octaves=6)
    fade = np.interp(np.linspace(0, 1, rows), [0, 0.15, 0.6, 0.8], [0.6, 1, 0.75, 0])
    veil = np.clip(drift * 1.5 - 0.05, 0, 1) * fade[:, None].astype(np.float32)
    for channel, lit in enumerate((0.98, 0.70, 0.62)):
        sky[..., channel] += (np.float32(lit) - sky[..., channel]) * veil * np.float32(0.75)


def _paint_range(rng: np.random.Generator, land: FloatArray, height: int, mountains: Range) -> None:
    rows, width = land.shape[:2]
    outline = ridge_line(rng, width, mountains.cells, mountains.octaves, sharp=mountains.sharp)
    crest = (mountains.crest - mountains.relief * outline) * height
    top = max(int(crest.min()) - 1, 0)
    view = land[top:]
    below = np.arange(top, rows, dtype=np.float32)[:, None] - crest[None, :]
    cover = np.clip(below + 0.5, 0, 1)
    depth = np.clip(below / (mountains.haze * height), 0, 1)
    depth *= 2 - depth
    shade = _slopes(rng, (len(view), width), mountains.cells)
    for channel in range(3):
        rock, mist = mountains.rock[channel], mountains.mist[channel]
        tone = shade * np.float32(rock)
        tone += (np.float32(mist) - tone) * depth
        view[..., channel] += (tone - view[..., channel]) * cover


def _slopes(rng: np.random.Generator, shape: tuple[int, int], cells: float) -> FloatArray:
    """Light on gullies and spurs: folded noise, lit from the side where the sun stands."""
    spurs = 1 - 2 * np.abs(field(rng, shape, (2.6, cells * 5), octaves=6))
    lit = np.diff(spurs, axis=1, prepend=spurs[:, :1])
    lit *= np.float32(-shape[1] / 260)
    lit += spurs * np.float32(0.05)
    shade: FloatArray = np.clip(1 + lit, 0.8, 1.22)
    return shade


def _paint_forest(rng: np.random.Generator, land: FloatArray, height: int) -> None:
    rows, width = land.shape[:2]
    ground = (0.622 - 0.014 * ridge_line(rng, width, 2.2, 8, sharp=False)) * height
    top = int(ground.min() - 0.05 * height)
    crest = ground - _tree_tops(rng, width, height)
    below = np.arange(top, rows, dtype=np.float32)[:, None] - crest[None, :]
    cover = np.clip(below + 0.5, 0, 1)
    near_water = np.clip(below / (0.06 * height), 0, 1)
    for channel, (dark, mist) in enumerate(((0.045, 0.12), (0.07, 0.13), (0.10, 0.18))):
        tone = np.float32(dark) + np.float32(mist - dark) * near_water
        land[top:, :, channel] += (tone - land[top:, :, channel]) * cover


def _tree_tops(rng: np.random.Generator, width: int, height: int) -> FloatArray:
    """Heights of conifers standing along a line: a narrow cone each, with ragged boughs."""
    tops = np.zeros(width, dtype=np.float32)
    dense = curve(rng, width, 13) > -0.3
    for centre in rng.integers(0, width, width // 4):
        if not dense[centre]:
            continue
        tall = float(0.006 + rng.gamma(2.2, 0.0052)) * height
        half = max(int(tall * 0.16), 2)
        x = np.arange(max(centre - half, 0), min(centre + half + 1, width))
        away = np.abs(x - centre) / half
        boughs = 0.09 * tall * np.sin(away * 26) * away
        np.maximum(tops[x], tall * (1 - away) ** 0.85 + boughs, out=boughs)
        tops[x] = boughs
    return tops


def _paint_lake(rng: np.random.Generator, scene: FloatArray, shore: int) -> None:
    """Mirror the land in the water: ripples shift what a row shows, more so when near."""
    height, width = scene.shape[:2]
    rows = height - shore
    near = np.linspace(0, 1, rows, dtype=np.float32)
    waves = field(rng, (rows, width), (60, 5), octaves=4)
    waves *= (2.5 + 60 * near**1.3)[:, None] * np.float32(height / 3000)
    mirrored = shore - 1 - np.arange(rows, dtype=np.float32) * np.float32(1.25)
    source = np.clip(mirrored[:, None] + waves, 0, shore - 1).astype(np.intp)
    source *= width
    source += np.arange(width)
    land = scene[:shore].reshape(-1, 3)
    slope = np.diff(waves, axis=0, prepend=waves[:1])
    light = np.clip(0.80 + slope * np.float32(0.05 * 3000 / height), 0.5, 1.15)
    light *= (1 - 0.35 * near)[:, None]
    np.take(land, source, axis=0, out=scene[shore:], mode="clip")
    scene[shore:] *= light[..., None]
    for channel, deep in enumerate((0.05, 0.10, 0.16)):
        scene[shore:, :, channel] += np.float32(deep) * near[:, None]


def _vignette(scene: FloatArray) -> None:
    height, width = scene.shape[:2]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] ** 2
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :] ** 2
    scene *= (1 - np.float32(0.13) * (x + y))[..., None]


def _develop(rng: np.random.Generator, scene: FloatArray) -> NDArray[np.uint8]:
    """Turn light into samples as a sensor would: a soft shoulder, and noise that grows with light.

    Without the noise, flat regions would be an unlikely cover for anything.
    """
    samples = np.empty(scene.shape, dtype=np.uint8)
    for first in range(0, scene.shape[0], 100):
        band = scene[first : first + 100]
        np.clip(band, 0, None, out=band)
        band = np.where(band > 0.8, 1 - 0.2 * np.exp((0.8 - band) * 5), band) * np.float32(252)
        grain = rng.standard_normal(band.shape, dtype=np.float32)
        band += grain * (np.float32(1.0) + np.sqrt(band) * np.float32(0.09))
        samples[first : first + 100] = np.clip(band + np.float32(0.5), 0, 255)
    return samples
