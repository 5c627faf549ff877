"""The contact sheet: cover, stego image, their difference amplified, secret, and what arrived."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
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
_GREY = 127
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


@dataclass(frozen=True, slots=True)
class Difference:
    """What embedding changed, made visible.

    Parameters
    ----------
    image : PIL image
        Middle grey where nothing changed, lighter where a sample rose, darker where it fell.
    amplification : int
        By how much a change is larger here than in the stego image.
    is_part : bool
        Whether this is the middle of the picture and not all of it.
    """

    image: Image.Image
    amplification: int
    is_part: bool


def difference(cover: Picture, stego: Picture) -> Difference:
    """Return the difference of two pictures, pixel by pixel, strong enough to be seen.

    Nothing is scaled down: averages over regions would show neither how large a change is nor
    where it is. Of a picture larger than a panel its middle is taken.
    """
    rows = _middle(cover.height, NARROW[1])
    columns = _middle(cover.width, NARROW[0])
    change = stego.samples[rows, columns].astype(np.int32) - cover.samples[rows, columns]
    strongest = int(np.abs(change).max())
    factor = max(_GREY // strongest, 1) if strongest else 1
    shown = np.clip(change * factor + _GREY, 0, 255).astype(np.uint8)
    colours = shown[:, :, :3] if shown.shape[2] >= 3 else np.repeat(shown[:, :, :1], 3, axis=2)
    return Difference(
        image=Image.fromarray(np.ascontiguousarray(colours)),
        # One step of 16 bits is a 257th of one step of 8 bits, in which the panel is drawn.
        amplification=factor * (1 if cover.bit_depth == 8 else 257),
        is_part=change.shape[:2] != (cover.height, cover.width),
    )


def _middle(length: int, most: int) -> slice:
    first = max((length - most) // 2, 0)
    return slice(first, first + most)


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
