"""Pillow's images to pictures and back, exactly, mode by mode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from underpaint_common.errors import UnusableImage, UsageError
from underpaint_common.pictures.picture import CMYK, GREY, RGB, Picture, Samples

if TYPE_CHECKING:
    from PIL import Image

_STRIP_BYTES = 1 << 20
_SIXTEEN_BIT_GREY = frozenset({"I;16", "I;16B", "I;16L", "I;16N"})
_PALETTE = "palette turned into RGB"
_PALETTE_WITH_ALPHA = "palette turned into RGB with alpha"
_COLOUR_KEY = "transparent colour turned into alpha"
_ONE_BIT = "1-bit image turned into 8-bit grey"
_KINDS_REFUSED = {
    "F": "floating-point samples",
    "I": "samples of 32 bits or with a sign",
    "LAB": "CIELAB colour",
    "HSV": "HSV colour",
}


@dataclass(frozen=True, slots=True)
class Planes:
    """What an image of Pillow's holds.

    Parameters
    ----------
    samples : ndarray, shape (height, width, channels)
        Colour.
    alpha : ndarray, shape (height, width), optional
        Opacity.
    notices : tuple of str
        What was converted.
    """

    samples: Samples
    alpha: Samples | None = None
    notices: tuple[str, ...] = ()


def planes_of(image: Image.Image, *, colour_key: tuple[int, ...] | None = None) -> Planes:
    """Return the samples of a still image of any mode that can be taken exactly.

    Parameters
    ----------
    image : PIL.Image.Image
        Decoded or yet to be.
    colour_key : tuple of int, optional
        The fully transparent colour, in the samples' own range.

    Raises
    ------
    UnusableImage
        The mode has no exact samples of 8 or 16 bits.
    """
    mode = image.mode
    if mode in ("P", "PA"):
        return _palette_planes(image)
    if mode == "1":
        grey = image.convert("L")
        return _with_key(Planes(take_bands(grey), notices=(_ONE_BIT,)), colour_key)
    if mode in _SIXTEEN_BIT_GREY:
        samples = np.asarray(image).astype(np.uint16)[:, :, np.newaxis]
        return _with_key(Planes(samples), colour_key)
    if mode in ("L", "RGB", "CMYK"):
        return _with_key(Planes(take_bands(image)), colour_key)
    if mode in ("RGBX", "YCbCr"):
        return Planes(take_bands(image.convert("RGB")), notices=(f"{mode} turned into RGB",))
    if mode in ("La", "RGBa"):
        image = image.convert(mode.upper())
        mode = image.mode
    if mode in ("LA", "RGBA"):
        return _split_alpha(image)
    raise UnusableImage(
        f"images of {_KINDS_REFUSED.get(mode, f'mode {mode}')} cannot be used",
        hint="convert it to 8-bit or 16-bit grey or RGB",
    )


def take_bands(image: Image.Image) -> Samples:
    """Return every band of an 8-bit image, shape (height, width, bands).

    The image goes over in strips: Pillow's own way holds two more copies of all of it.
    """
    bands = len(image.getbands())
    width, height = image.size
    samples = np.empty((height, width, bands), np.uint8)
    rows = max(1, _STRIP_BYTES // (width * bands))
    image.load()
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        strip = np.asarray(image.crop((0, top, width, bottom)))
        samples[top:bottom] = strip.reshape(bottom - top, width, bands)
    return samples


def image_of(picture: Picture) -> Image.Image:
    """Return a picture as an image of Pillow's, with its profile and metadata in `info`.

    Raises
    ------
    UsageError
        Pillow has no mode for it: 16-bit colour, 16-bit grey with alpha.
    """
    from PIL import Image

    samples, alpha = picture.samples, picture.alpha
    if picture.bit_depth == 16 and (picture.channels != GREY or alpha is not None):
        raise UsageError(
            "Pillow holds 16-bit images only in grey without alpha",
            hint="take the samples as an array",
        )
    array = samples if alpha is None else np.dstack([samples, alpha])
    image = Image.fromarray(array[:, :, 0] if array.shape[2] == 1 else array, _mode_of(picture))
    if picture.icc_profile is not None:
        image.info["icc_profile"] = picture.icc_profile
    if picture.gamma is not None:
        image.info["gamma"] = picture.gamma
    if picture.metadata is not None:
        image.info["exif"] = b"Exif\0\0" + picture.metadata
    return image


def _mode_of(picture: Picture) -> str | None:
    """Return Pillow's mode of 8-bit pictures; 16-bit grey it tells by the array's type."""
    if picture.bit_depth == 16:
        return None
    plain = {GREY: "L", RGB: "RGB", CMYK: "CMYK"}[picture.channels]
    return plain if picture.alpha is None else f"{plain}A"


def _palette_planes(image: Image.Image) -> Planes:
    if image.mode == "PA" or image.has_transparency_data:
        converted = _split_alpha(image.convert("RGBA"))
        return Planes(converted.samples, converted.alpha, (_PALETTE_WITH_ALPHA,))
    return Planes(take_bands(image.convert("RGB")), notices=(_PALETTE,))


def _split_alpha(image: Image.Image) -> Planes:
    """Part colour from alpha, strip by strip."""
    bands = len(image.getbands())
    width, height = image.size
    samples = np.empty((height, width, bands - 1), np.uint8)
    alpha = np.empty((height, width), np.uint8)
    rows = max(1, _STRIP_BYTES // (width * bands))
    image.load()
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        strip = np.asarray(image.crop((0, top, width, bottom)))
        samples[top:bottom] = strip[:, :, :-1]
        alpha[top:bottom] = strip[:, :, -1]
    return Planes(samples, alpha)


def _with_key(planes: Planes, colour_key: tuple[int, ...] | None) -> Planes:
    return planes if colour_key is None else keyed(planes, colour_key)


def keyed(planes: Planes, colour_key: tuple[int, ...]) -> Planes:
    """Return the planes with alpha 0 where a pixel has the transparent colour."""
    samples = planes.samples
    transparent = np.all(samples == np.array(colour_key, samples.dtype), axis=2)
    opaque = np.iinfo(samples.dtype).max
    alpha = np.where(transparent, 0, opaque).astype(samples.dtype)
    return Planes(samples, alpha, (*planes.notices, _COLOUR_KEY))
