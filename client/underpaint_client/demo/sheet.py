"""The contact sheet: cover, stego image, their difference amplified, secret, and what arrived."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from underpaint_common.pictures import (
    Picture,
    picture_from_array,
    picture_from_image,
    picture_to_image,
    write_picture,
)

MARGIN, CAPTION = 36, 74
WIDE, NARROW = (912, 684), (596, 447)
PAPER, WORDS, QUIET = (247, 245, 240), (38, 36, 33), (120, 115, 108)


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture of the sheet with the words below it."""

    image: Image.Image
    title: str
    remark: str


def contact_sheet(panels: tuple[Panel, Panel, Panel, Panel, Panel], path: Path, title: str) -> None:
    """Draw two wide panels above three narrow ones and write them as a PNG file."""
    width = 3 * MARGIN + 2 * WIDE[0]
    top = MARGIN + 70
    second_row = top + WIDE[1] + CAPTION + MARGIN
    sheet = Image.new("RGB", (width, second_row + NARROW[1] + CAPTION + MARGIN // 2), PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((MARGIN, MARGIN), title, fill=WORDS, font=ImageFont.load_default(38))
    for column, panel in enumerate(panels[:2]):
        _place(sheet, panel, (MARGIN + column * (WIDE[0] + MARGIN), top), WIDE)
    for column, panel in enumerate(panels[2:]):
        _place(sheet, panel, (MARGIN + column * (NARROW[0] + MARGIN), second_row), NARROW)
    write_picture(picture_from_image(sheet), path, overwrite=True)


def viewable(picture: Picture) -> Image.Image:
    """Return any picture as 8-bit RGB, small enough for a panel, on the sheet's own paper."""
    image = picture_to_image(_with_8_bits(picture))
    image.thumbnail((2 * WIDE[0], 2 * WIDE[1]))
    layered = image.convert("RGBA")
    ground = Image.new("RGBA", layered.size, PAPER)
    return Image.alpha_composite(ground, layered).convert("RGB")


def placard(words: str) -> Image.Image:
    """Return a panel that holds words where there is no picture to show."""
    image = Image.new("RGB", NARROW, "white")
    middle = (NARROW[0] // 2, NARROW[1] // 2)
    draw = ImageDraw.Draw(image)
    draw.text(middle, words, fill=QUIET, font=ImageFont.load_default(20), anchor="mm")
    return image


def _with_8_bits(picture: Picture) -> Picture:
    """Leave away what no screen shows."""
    if picture.bit_depth == 8:
        return picture
    alpha = None if picture.alpha is None else (picture.alpha >> 8).astype(np.uint8)
    return picture_from_array((picture.samples >> 8).astype(np.uint8), alpha)


def difference(cover: Picture, stego: Picture) -> tuple[Image.Image, int]:
    """Return the difference of two pictures, bright enough to be seen, and its amplification.

    Each pixel of the panel shows the mean change of the region it stands for, so that sparse
    changes appear as what they are: an even, faint haze.
    """
    height, width = cover.samples.shape[:2]
    shrink = max(-(-width // NARROW[0]), -(-height // NARROW[1]), 1)
    rows, columns = max(height // shrink, 1), max(width // shrink, 1)
    mean = np.empty((rows, columns, 3), dtype=np.float32)
    for row in range(rows):
        band = slice(row * shrink, (row + 1) * shrink)
        mean[row] = _mean_change(cover.samples[band], stego.samples[band], shrink, columns)
    brightest = float(np.quantile(mean, 0.995))
    factor = max(round(235 / brightest), 1) if brightest > 0 else 1
    shown = np.clip(mean * np.float32(factor), 0, 255).astype(np.uint8)
    return Image.fromarray(shown), factor


def _mean_change(
    cover: NDArray[np.uint8 | np.uint16],
    stego: NDArray[np.uint8 | np.uint16],
    shrink: int,
    columns: int,
) -> NDArray[np.float32]:
    """Mean absolute change of one row of square regions, per colour."""
    change = np.abs(cover.astype(np.int32) - stego.astype(np.int32))[:, : columns * shrink]
    channels = change.shape[2]
    sums = change.reshape(change.shape[0], columns, -1, channels).mean(axis=(0, 2))
    colours = sums if channels == 3 else sums.mean(axis=1, keepdims=True)
    return np.broadcast_to(colours, (columns, 3)).astype(np.float32)


def _place(sheet: Image.Image, panel: Panel, corner: tuple[int, int], box: tuple[int, int]) -> None:
    left, top = corner
    scale = min(box[0] / panel.image.width, box[1] / panel.image.height)
    reduced = panel.image.resize(
        (max(round(panel.image.width * scale), 1), max(round(panel.image.height * scale), 1)),
        Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.NEAREST,
    )
    sheet.paste(
        reduced, (left + (box[0] - reduced.width) // 2, top + (box[1] - reduced.height) // 2)
    )
    draw = ImageDraw.Draw(sheet)
    draw.text((left, top + box[1] + 12), panel.title, fill=WORDS, font=ImageFont.load_default(24))
    draw.text((left, top + box[1] + 42), panel.remark, fill=QUIET, font=ImageFont.load_default(18))
