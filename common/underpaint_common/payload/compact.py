"""The form `compact`: an image's pixels, recoded losslessly by whichever coder makes least of them.

Every recoding is decoded again and compared before it is considered; where none is smaller than
the file itself, or the image is of a kind that does not survive recoding exactly, the file
travels instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from underpaint_common.errors import UnderpaintError
from underpaint_common.payload.contents import Contents, encode_contents
from underpaint_common.payload.modes import Form
from underpaint_common.payload.names import png_name
from underpaint_common.pictures import (
    Limits,
    OutputFormat,
    Picture,
    decode_jxl,
    encode,
    encode_jxl,
    jxl_is_there,
    media_type_of,
    read_picture,
)

PNG = "image/png"
_JXL = "image/jxl"
_FORMATS = (OutputFormat.PNG, OutputFormat.WEBP)


def compact_of(file: Contents, limits: Limits) -> Contents:
    """Return the smallest contents that carry the image's pixels exactly.

    Parameters
    ----------
    file : Contents
        The image file as it is, in the form `file`.
    limits : Limits
        Bounds for decoding it.

    Returns
    -------
    Contents
        `file` itself where nothing smaller keeps every pixel.
    """
    try:
        picture = read_picture(file.data, limits=limits)
    except UnderpaintError:
        return file
    smallest, least = file, len(encode_contents(file))
    for recoded in _recodings(picture, limits):
        if len(recoded) < least:
            media_type, named = media_type_of(recoded, ""), png_name(file.name)
            smallest, least = Contents(Form.COMPACT, named, media_type, recoded), len(recoded)
    return smallest


def png_of_compact(contents: Contents, limits: Limits) -> bytes:
    """Return the PNG that the receiver gets.

    Raises
    ------
    UnderpaintError
        If the recoded image cannot be read.
    """
    if contents.media_type == PNG:
        return contents.data
    return b"".join(encode(_decoded(contents.data, limits), compress="best"))


def _recodings(picture: Picture, limits: Limits) -> Iterator[bytes]:
    """Yield the picture as each coder writes it, where it comes back exact."""
    for coder in _coders(picture):
        try:
            recoded = coder()
            back = _decoded(recoded, limits)
        except UnderpaintError:
            continue
        if _same_pixels(picture, back):
            yield recoded


def _coders(picture: Picture) -> Iterator[Callable[[], bytes]]:
    """Yield what makes a file of the picture: our PNG, WebP, and JPEG XL where it is installed."""
    for each in _FORMATS:
        yield partial(_encoded, picture, each)
    if jxl_is_there():
        yield partial(encode_jxl, picture)


def _encoded(picture: Picture, file_format: OutputFormat) -> bytes:
    return b"".join(encode(picture, file_format, compress="best"))


def _decoded(data: bytes, limits: Limits) -> Picture:
    if media_type_of(data, "") == _JXL:
        return decode_jxl(data, limits)
    return read_picture(data, limits=limits)


def _same_pixels(one: Picture, other: Picture) -> bool:
    """Tell whether two pictures have the same samples and the same alpha, colour under it too."""
    if one.samples.dtype != other.samples.dtype or (one.alpha is None) != (other.alpha is None):
        return False
    if one.alpha is not None and other.alpha is not None:
        return np.array_equal(one.alpha, other.alpha) and np.array_equal(one.samples, other.samples)
    return np.array_equal(one.samples, other.samples)
