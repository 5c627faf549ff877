"""What EXIF data say: how to turn the picture, and the rest where it is to be kept."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from underpaint_common.pictures.orientation import UPRIGHT
from underpaint_common.pictures.sniff import FileKind

if TYPE_CHECKING:
    from PIL.Image import Exif
    from PIL.ImageFile import ImageFile

_ORIENTATION = 0x0112
_PREFIX = b"Exif\0\0"
_IN_A_PNG = ("exif", "Raw profile type exif", "XML:com.adobe.xmp", "xmp")
# In a TIFF file, EXIF data share a directory with the fields that describe the samples; these
# are the ones about the picture: description, camera, software, date, author, rights, sub-IFDs.
_KEPT_OF_TIFF = (270, 271, 272, 305, 306, 315, 33432, 34665, 34853)
_SUB_DIRECTORIES = (34665, 34853)
_BROKEN = (struct.error, SyntaxError, ValueError, TypeError, LookupError, OSError, AttributeError)


def turn_and_metadata(
    image: ImageFile, kind: FileKind, *, keep_metadata: bool
) -> tuple[int, bytes | None]:
    """Return a decoded image's EXIF orientation and, where wanted, its EXIF data.

    Parameters
    ----------
    image : ImageFile
        Decoded. Broken EXIF data in it count as none.
    kind : FileKind
        What it was read from.
    keep_metadata : bool
        Whether to return the data, their orientation set to upright, as a TIFF structure.
    """
    if kind is FileKind.PNG and not any(key in image.info for key in _IN_A_PNG):
        # Asked for EXIF data that it has not met, Pillow decodes the whole file.
        return UPRIGHT, None
    try:
        exif = image.getexif()
        turn = exif.get(_ORIENTATION, UPRIGHT)
        metadata = _metadata(exif, kind) if keep_metadata else None
    except _BROKEN:
        return UPRIGHT, None
    return (turn if isinstance(turn, int) else UPRIGHT), metadata


def _metadata(exif: Exif, kind: FileKind) -> bytes | None:
    from PIL.Image import Exif

    kept = Exif()
    for tag in _KEPT_OF_TIFF if kind is FileKind.TIFF else tuple(exif):
        if tag in exif and tag != _ORIENTATION:
            kept[tag] = exif.get_ifd(tag) if tag in _SUB_DIRECTORIES else exif[tag]
    return kept.tobytes().removeprefix(_PREFIX) if kept else None
