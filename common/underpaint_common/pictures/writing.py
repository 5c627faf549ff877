"""Pictures to files, in formats that keep every sample."""

from __future__ import annotations

import enum
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from underpaint_common.errors import UnderpaintError, UsageError
from underpaint_common.files import write_atomically
from underpaint_common.pictures.limits import Limits
from underpaint_common.pictures.picture import CMYK, Picture
from underpaint_common.pictures.pillow_modes import image_of
from underpaint_common.pictures.png_writer import Compress, encode_png
from underpaint_common.pictures.pnm import encode_pnm
from underpaint_common.pictures.reading import read_picture


class OutputFormat(enum.StrEnum):
    """Formats that keep every sample."""

    PNG = "png"
    WEBP = "webp"
    BMP = "bmp"
    TIFF = "tiff"
    PPM = "ppm"


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
_OPTIONS: dict[OutputFormat, dict[str, Any]] = {
    OutputFormat.WEBP: {"lossless": True, "exact": True},
    OutputFormat.TIFF: {"compression": "tiff_adobe_deflate"},
}


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


def encode(
    picture: Picture, file_format: OutputFormat = OutputFormat.PNG, *, compress: Compress = "fast"
) -> Iterator[bytes]:
    """Yield a picture's file piece by piece.

    Parameters
    ----------
    picture : Picture
        What to write.
    file_format : OutputFormat
        PNG and PPM are written by our own writers as they are consumed, the others at once.
    compress : {'fast', 'best'}
        How hard a PNG or WebP is compressed.

    Raises
    ------
    UsageError
        If the format cannot hold this picture exactly.
    """
    if picture.channels == CMYK and file_format is not OutputFormat.TIFF:
        raise UsageError(
            "only TIFF holds CMYK pictures", hint="name the output .tiff, or convert it to RGB"
        )
    if file_format is OutputFormat.PNG:
        return encode_png(picture, compress=compress)
    if file_format is OutputFormat.PPM and picture.alpha is None:
        return encode_pnm(picture)
    return iter((_encode_whole(picture, file_format, compress),))


def write_picture(
    picture: Picture,
    path: Path,
    *,
    file_format: OutputFormat | None = None,
    overwrite: bool = False,
    compress: Compress = "fast",
) -> int:
    """Write a picture to a file that appears whole or not at all; return its bytes.

    Raises
    ------
    UsageError
        If the name tells no format that keeps samples, or the format cannot hold this picture.
    LocalFileError
        If the file exists and may not be replaced, or cannot be written.
    """
    chosen = file_format or format_for(path)
    return write_atomically(path, encode(picture, chosen, compress=compress), overwrite=overwrite)


def _encode_whole(picture: Picture, file_format: OutputFormat, compress: Compress) -> bytes:
    """Return the file as Pillow writes it, read back to prove that nothing was lost."""
    name = file_format.value.upper()
    refusal = UsageError(f"{name} cannot hold this picture exactly", hint="use PNG")
    options = dict(_OPTIONS.get(file_format, {}))
    if file_format is OutputFormat.WEBP:
        options |= {"method": 2, "quality": 50} if compress == "fast" else {"method": 5}
    if picture.icc_profile is not None:
        options["icc_profile"] = picture.icc_profile
    if picture.metadata is not None:
        options["exif"] = b"Exif\0\0" + picture.metadata
    file = io.BytesIO()
    try:
        image_of(picture).save(file, format=name, **options)
        back = read_picture(
            file.getvalue(), limits=Limits(max_pixels=picture.height * picture.width)
        )
    except (OSError, ValueError, KeyError, UnderpaintError) as error:
        raise refusal from error
    if not _same(picture, back):
        raise refusal
    return file.getvalue()


def _same(one: Picture, other: Picture) -> bool:
    """Tell whether two pictures have the same samples and the same alpha."""
    if one.alpha is None or other.alpha is None:
        same_alpha = one.alpha is other.alpha
    else:
        same_alpha = np.array_equal(one.alpha, other.alpha)
    same_depth = one.bit_depth == other.bit_depth
    return same_alpha and same_depth and np.array_equal(one.samples, other.samples)
