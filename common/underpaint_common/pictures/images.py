"""Pillow images handed in by programs, and handed out to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from underpaint_common.pictures.orientation import UPRIGHT, upright
from underpaint_common.pictures.picture import Picture
from underpaint_common.pictures.pillow_modes import image_of, planes_of

if TYPE_CHECKING:
    from PIL import Image

_ORIENTATION = 0x0112


def picture_from_image(image: Image.Image) -> Picture:
    """Return the picture that a Pillow image shows, upright.

    Raises
    ------
    UnusableImage
        The image's mode has no exact samples of 8 or 16 bits.
    """
    key = image.info.get("transparency") if image.mode in ("L", "RGB", "I;16") else None
    if key is not None and not isinstance(key, tuple):
        key = (key,)
    planes = planes_of(image, colour_key=key)
    turn = image.getexif().get(_ORIENTATION, UPRIGHT)
    return Picture(
        upright(planes.samples, turn),
        None if planes.alpha is None else upright(planes.alpha, turn),
        icc_profile=image.info.get("icc_profile") or None,
        gamma=image.info.get("gamma"),
        notices=planes.notices,
    )


def picture_to_image(picture: Picture) -> Image.Image:
    """Return a Pillow image with the picture's samples, alpha and profile.

    Raises
    ------
    UsageError
        Pillow has no mode for it: 16-bit colour, or 16-bit grey with alpha.
    """
    return image_of(picture)
