"""16-bit colour, which Pillow narrows to 8 bits without a word, read at 16 bits.

Pillow unpacks the high byte of every big-endian sample. Told that the samples are
little-endian, it unpacks the low byte instead: decoding twice gives both. Grey with alpha in
a PNG is as many bytes a pixel as 8-bit RGBA, and PNG filters work on bytes, so that is
decoded once and regrouped.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from underpaint_common.errors import UnusableImage
from underpaint_common.pictures.picture import Samples
from underpaint_common.pictures.pillow_modes import Planes, keyed, take_bands

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

# N, libtiff's order, is the machine's own.
_OTHER_ENDIAN = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
_ALPHA_MODES = ("LA", "RGBA")
_GREY_ALPHA_PNG = "LA;16B"
_TIFF_PLANAR = 284


@dataclass(frozen=True, slots=True)
class SixteenBitLayout:
    """How a file stores 16-bit colour.

    Parameters
    ----------
    rawmode : str
        Pillow's name for the stored samples, such as ``RGB;16B``.
    bytes_per_pixel : int
        Of the decoded samples.
    """

    rawmode: str
    bytes_per_pixel: int


def sixteen_bit_layout(image: ImageFile) -> SixteenBitLayout | None:
    """Return how the file stores 16-bit colour, or None where Pillow keeps all bits.

    Raises
    ------
    UnusableImage
        16-bit colour in an arrangement that cannot be read exactly.
    """
    rawmodes = {_rawmode(tile.args) for tile in image.tile}
    if not any(";16" in rawmode for rawmode in rawmodes) or image.mode.startswith("I"):
        return None
    (rawmode, *others) = rawmodes
    planar = getattr(image, "tag_v2", {}).get(_TIFF_PLANAR, 1) != 1
    stored, _, order = rawmode.partition(";16")
    if others or planar or order not in ("B", "L", "N") or stored not in _CHANNELS:
        raise UnusableImage(
            "16-bit colour in this arrangement cannot be read exactly",
            hint="convert it to a 16-bit PNG, or to 8 bits",
        )
    return SixteenBitLayout(rawmode, _CHANNELS[stored] * 2)


_CHANNELS = {"LA": 2, "RGB": 3, "RGBX": 4, "RGBA": 4, "CMYK": 4}


def read_sixteen_bit_colour(
    image: ImageFile, reopen: Callable[[], ImageFile], layout: SixteenBitLayout
) -> Planes:
    """Return the samples of a 16-bit colour image.

    Parameters
    ----------
    image : ImageFile
        Its pixels not yet decoded; afterwards they are.
    reopen : callable
        Opens the image once more, from the start.
    layout : SixteenBitLayout
        As `sixteen_bit_layout` found it.
    """
    key = image.info.get("transparency")
    if layout.rawmode == _GREY_ALPHA_PNG:
        pairs = take_bands(_with_rawmode(image, "RGBA")).view(">u2")
        return Planes(_native(pairs[:, :, :1]), _native(pairs[:, :, 1]))
    stored, _, order = layout.rawmode.partition(";16")
    high = take_bands(image)
    low = take_bands(_with_rawmode(reopen(), f"{stored};16{_OTHER_ENDIAN[order]}"))
    samples = high.astype(np.uint16)
    samples <<= 8
    samples |= low
    if image.mode in _ALPHA_MODES:
        return Planes(_native(samples[:, :, :-1]), _native(samples[:, :, -1]))
    planes = Planes(samples)
    return keyed(planes, key) if isinstance(key, tuple) else planes


def _native(values: Samples) -> Samples:
    return np.ascontiguousarray(values, np.uint16)


def _rawmode(args: object) -> str:
    """Return the raw mode in a tile's arguments: the string alone, or the first of several."""
    first = args[0] if isinstance(args, tuple) and args else args
    return first if isinstance(first, str) else ""


def _with_rawmode(image: ImageFile, rawmode: str) -> ImageFile:
    """Return the image, told that its samples are stored in another way."""
    image.tile = [
        tile._replace(args=(rawmode, *tile.args[1:]) if isinstance(tile.args, tuple) else rawmode)
        for tile in image.tile
    ]
    return image
