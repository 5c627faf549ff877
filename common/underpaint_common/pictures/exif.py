"""What EXIF data say: how to turn the picture, and the rest where it is to be kept."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class ExifData:
    """What was found.

    Attributes
    ----------
    turn : int
        The orientation, as EXIF numbers them.
    metadata : bytes or None
        What is kept, as a TIFF structure.
    notices : tuple of str
        What was not, although it was wanted.
    """

    turn: int = UPRIGHT
    metadata: bytes | None = None
    notices: tuple[str, ...] = ()


def exif_of(image: ImageFile, kind: FileKind, *, keep_metadata: bool) -> ExifData:
    """Return a decoded image's EXIF orientation and, where wanted, its EXIF data.

    Parameters
    ----------
    image : ImageFile
        Decoded. Broken EXIF data in it count as none.
    kind : FileKind
        What it was read from.
    keep_metadata : bool
        Whether to return the data, their orientation set to upright.
    """
    if kind is FileKind.PNG and not any(key in image.info for key in _IN_A_PNG):
        # Asked for EXIF data that it has not met, Pillow decodes the whole file.
        return ExifData()
    try:
        exif = image.getexif()
        turn = exif.get(_ORIENTATION, UPRIGHT)
    except _BROKEN:
        return ExifData()
    found = ExifData(turn if isinstance(turn, int) else UPRIGHT)
    return _with_metadata(found, exif, kind) if keep_metadata else found


def _with_metadata(found: ExifData, exif: Exif, kind: FileKind) -> ExifData:
    tags = _KEPT_OF_TIFF if kind is FileKind.TIFF else tuple(exif)
    wanted = [tag for tag in tags if tag in exif and tag != _ORIENTATION]
    written = {tag: _written(exif, (tag,)) for tag in wanted}
    good = tuple(tag for tag, data in written.items() if data is not None)
    lost = len(wanted) - len(good)
    notices = (f"EXIF fields that are malformed were not kept: {lost}",) if lost else ()
    return replace(found, metadata=_written(exif, good) if good else None, notices=notices)


def _written(exif: Exif, tags: tuple[int, ...]) -> bytes | None:
    """Return some fields as a TIFF structure; None where they cannot be written."""
    from PIL.Image import Exif

    kept = Exif()
    try:
        for tag in tags:
            kept[tag] = exif.get_ifd(tag) if tag in _SUB_DIRECTORIES else exif[tag]
        return kept.tobytes().removeprefix(_PREFIX)
    except _BROKEN:
        return None
