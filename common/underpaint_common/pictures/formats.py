"""The formats that keep every sample: their names, and what each can hold."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from underpaint_common.errors import UsageError
from underpaint_common.pictures.picture import CMYK, GREY, RGB, Picture
from underpaint_common.pictures.png_colour import are_srgb
from underpaint_common.pictures.png_profiles import MAX_PROFILE_BYTES


class OutputFormat(enum.StrEnum):
    """Formats that keep every sample."""

    PNG = "png"
    WEBP = "webp"
    BMP = "bmp"
    TIFF = "tiff"
    PPM = "ppm"


@dataclass(frozen=True, slots=True)
class _Holds:
    """What a format holds: a picture with more is refused, never made less."""

    label: str
    channels: frozenset[int]
    alpha: bool
    sixteen_bits: bool
    profile: bool
    gamma: bool
    metadata: bool
    max_side: int


_GREY_OR_RGB = frozenset({GREY, RGB})
_HOLDS = {
    OutputFormat.PNG: _Holds("PNG", _GREY_OR_RGB, True, True, True, True, True, 2**31 - 1),
    OutputFormat.WEBP: _Holds("WebP", frozenset({RGB}), True, False, True, False, True, 16383),
    OutputFormat.BMP: _Holds("BMP", _GREY_OR_RGB, False, False, False, False, False, 2**31 - 1),
    OutputFormat.TIFF: _Holds(
        "TIFF", _GREY_OR_RGB | {CMYK}, True, True, True, False, False, 2**31 - 1
    ),
    OutputFormat.PPM: _Holds("PPM", _GREY_OR_RGB, False, True, False, False, False, 2**31 - 1),
}
_COLOUR_NAMES = {GREY: "grey", RGB: "RGB", CMYK: "CMYK"}
_SUFFIXES = {
    ".png": OutputFormat.PNG,
    ".webp": OutputFormat.WEBP,
    ".bmp": OutputFormat.BMP,
    ".tif": OutputFormat.TIFF,
    ".tiff": OutputFormat.TIFF,
    ".ppm": OutputFormat.PPM,
    ".pgm": OutputFormat.PPM,
    ".pnm": OutputFormat.PPM,
}
_LOSSY = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".heic", ".avif", ".jxl", ".jp2", ".gif"})
# What viewers assume where a file says nothing: sRGB, whose gamma is about 1 / 2.2.
_USUAL_GAMMA = (0.44, 0.47)


def format_for(path: Path) -> OutputFormat:
    """Return the format that a file name asks for.

    Raises
    ------
    UsageError
        If that format would destroy the payload, or is unknown.
    """
    suffix = path.suffix.lower()
    known = _SUFFIXES.get(suffix)
    if known is not None:
        return known
    hint = "name the output .png, .webp (lossless), .bmp, .tiff or .ppm"
    if suffix in _LOSSY:
        raise UsageError(f"{suffix[1:].upper()} would destroy the payload", hint=hint)
    raise UsageError(f"{path.name}: this file name tells no known image format", hint=hint)


def check_holds(picture: Picture, file_format: OutputFormat) -> None:
    """Refuse a format that cannot hold the samples, or all that decides how they look.

    Raises
    ------
    UsageError
        Naming what the format lacks, with a format that has it as the hint.
    """
    lacking = _lacking(picture, file_format)
    if lacking is None:
        return
    fit = [other for other in OutputFormat if _lacking(picture, other) is None]
    raise UsageError(
        f"{_HOLDS[file_format].label} cannot hold {lacking}",
        hint=f"use {_HOLDS[fit[0]].label}" if fit else "convert the image to RGB first",
    )


def _lacking(picture: Picture, file_format: OutputFormat) -> str | None:
    """Return what of a picture a format cannot hold, in words, or None."""
    holds = _HOLDS[file_format]
    is_srgb = are_srgb(picture.colour_chunks, has_profile=picture.icc_profile is not None)
    wide, alpha = picture.bit_depth == 16, picture.alpha is not None
    unusual_gamma = picture.gamma and not _USUAL_GAMMA[0] < picture.gamma < _USUAL_GAMMA[1]
    lacks = {
        f"{_COLOUR_NAMES[picture.channels]} images": picture.channels not in holds.channels,
        "transparency": alpha and not holds.alpha,
        "CMYK with transparency": alpha and picture.channels == CMYK,
        "16-bit samples": wide and not holds.sixteen_bits,
        # Pillow, which reads our TIFF files, has no mode for these.
        "16-bit grey with transparency": (
            file_format is OutputFormat.TIFF and wide and alpha and picture.channels == GREY
        ),
        "a colour profile": picture.icc_profile is not None and not holds.profile,
        "a colour profile of more than 16 MiB": (
            file_format is OutputFormat.PNG and len(picture.icc_profile or b"") > MAX_PROFILE_BYTES
        ),
        "a gamma other than the usual": bool(unusual_gamma) and not holds.gamma,
        "colours other than sRGB's without a profile": (
            file_format is not OutputFormat.PNG and not is_srgb
        ),
        "EXIF metadata": picture.metadata is not None and not holds.metadata,
        f"a side of more than {holds.max_side} pixels": (
            max(picture.width, picture.height) > holds.max_side
        ),
    }
    return next((what for what, is_lacking in lacks.items() if is_lacking), None)
