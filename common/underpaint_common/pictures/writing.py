"""Pictures to files, in formats that keep every sample."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from underpaint_common.errors import UnderpaintError, UsageError
from underpaint_common.files import write_atomically
from underpaint_common.pictures.formats import OutputFormat, check_holds, format_for
from underpaint_common.pictures.limits import Limits
from underpaint_common.pictures.picture import Picture, Samples
from underpaint_common.pictures.pillow_modes import image_of
from underpaint_common.pictures.png_writer import Compress, encode_png
from underpaint_common.pictures.pnm import encode_pnm
from underpaint_common.pictures.reading import read_picture
from underpaint_common.pictures.tiff_writer import encode_tiff

_EXIF_PREFIX = b"Exif\0\0"


def encode(
    picture: Picture, file_format: OutputFormat = OutputFormat.PNG, *, compress: Compress = "fast"
) -> Iterator[bytes]:
    """Yield a picture's file piece by piece.

    Parameters
    ----------
    picture : Picture
        What to write.
    file_format : OutputFormat
        PNG, TIFF and PPM are made as they are consumed, WebP and BMP at once.
    compress : {'fast', 'best'}
        How hard a PNG or WebP is compressed.

    Raises
    ------
    UsageError
        If the format cannot hold this picture exactly.
    """
    check_holds(picture, file_format)
    match file_format:
        case OutputFormat.PNG:
            return encode_png(picture, compress=compress)
        case OutputFormat.TIFF:
            return encode_tiff(picture)
        case OutputFormat.PPM:
            return encode_pnm(picture)
        case OutputFormat.WEBP | OutputFormat.BMP:
            return iter((_encode_by_pillow(picture, file_format, compress),))


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


def _encode_by_pillow(picture: Picture, file_format: OutputFormat, compress: Compress) -> bytes:
    """Return the file as Pillow writes it, read back to prove that nothing was lost."""
    name = file_format.value.upper()
    options: dict[str, Any] = {}
    if file_format is OutputFormat.WEBP:
        effort = {"method": 2, "quality": 50} if compress == "fast" else {"method": 5}
        options = {"lossless": True, "exact": True, "icc_profile": picture.icc_profile, **effort}
        if picture.metadata is not None:
            options["exif"] = _EXIF_PREFIX + picture.metadata
    file = io.BytesIO()
    refusal = UsageError(f"this picture cannot be written as {name}", hint="use PNG")
    try:
        image_of(picture).save(file, format=name, **options)
        limits = Limits(max_pixels=picture.height * picture.width)
        back = read_picture(file.getvalue(), limits=limits)
    except (OSError, ValueError, KeyError, UnderpaintError) as error:
        raise refusal from error
    if not _same(picture, back):
        raise refusal
    return file.getvalue()


def _same(one: Picture, other: Picture) -> bool:
    """Tell whether two pictures have the same samples and the same alpha."""
    same_samples = one.bit_depth == other.bit_depth and np.array_equal(one.samples, other.samples)
    return same_samples and np.array_equal(_opacity(one), _opacity(other))


def _opacity(picture: Picture) -> Samples:
    """Return the alpha, all opaque where there is none: WebP drops such an alpha."""
    if picture.alpha is not None:
        return picture.alpha
    return np.full(picture.samples.shape[:2], np.iinfo(picture.samples.dtype).max)
