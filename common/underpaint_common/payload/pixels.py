"""The form `pixels`: an image's sample values, decomposed into bit planes and concatenated.

The most significant plane comes first, each plane in image order and filled to whole bytes;
alpha follows colour as one more channel.
"""

from __future__ import annotations

import struct

import numpy as np

from underpaint_common.errors import Damaged, UsageError
from underpaint_common.payload.contents import Contents
from underpaint_common.payload.modes import Form
from underpaint_common.payload.names import png_name
from underpaint_common.pictures import Limits, Picture, encode, picture_from_array, read_picture
from underpaint_common.stego.bitplanes import bit_plane
from underpaint_common.stego.samples import Samples

_SHAPE = struct.Struct(">IIBBB")
_PNG = "image/png"


def pixels_of(secret: bytes, name: str, limits: Limits) -> Contents:
    """Return the contents that carry the pixels of an image file.

    Raises
    ------
    UnusableImage
        If the file is no image that can be read.
    UsageError
        If its pixels cannot come out as a PNG.
    """
    picture = read_picture(secret, limits=limits)
    if picture.channels not in (1, 3):
        raise UsageError("only grey and RGB images can travel as pixels", hint="use --mode planes")
    has_alpha = picture.alpha is not None
    samples: Samples = picture.samples
    if picture.alpha is not None:
        samples = np.dstack((picture.samples, picture.alpha))
    shape = _SHAPE.pack(
        picture.width, picture.height, samples.shape[2], picture.bit_depth, has_alpha
    )
    planes = (
        np.packbits(bit_plane(samples, plane)).tobytes()
        for plane in reversed(range(picture.bit_depth))
    )
    return Contents(Form.PIXELS, png_name(name), _PNG, shape + b"".join(planes))


def png_of(contents: Contents) -> bytes:
    """Return the PNG of the pixels that `pixels_of` packed.

    Raises
    ------
    Damaged
        If they are not what their shape says.
    """
    if len(contents.data) < _SHAPE.size:
        raise Damaged("the pixels are cut short")
    width, height, channels, depth, has_alpha = _SHAPE.unpack_from(contents.data)
    count = width * height * channels
    packed = np.frombuffer(contents.data, np.uint8, offset=_SHAPE.size)
    if depth not in (8, 16) or count == 0 or packed.size != depth * -(-count // 8):
        raise Damaged("the pixels are not what their shape says")
    samples = np.zeros(count, np.uint8 if depth == 8 else np.uint16)
    for row in packed.reshape(depth, -1):
        samples <<= samples.dtype.type(1)
        samples |= np.unpackbits(row, count=count)
    return b"".join(encode(_picture(samples.reshape(height, width, channels), bool(has_alpha))))


def _picture(samples: Samples, has_alpha: bool) -> Picture:
    """Return the picture of samples whose last channel may be alpha."""
    if samples.shape[2] not in ((2, 4) if has_alpha else (1, 3)):
        raise Damaged("the pixels have a wrong number of channels")
    if not has_alpha:
        return picture_from_array(samples)
    colour = np.ascontiguousarray(samples[:, :, :-1])
    return picture_from_array(colour, alpha=np.ascontiguousarray(samples[:, :, -1]))
