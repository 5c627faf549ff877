"""Files that Pillow decodes: one format's reader at a time, checked before and after.

Pillow's `Image.open` tries readers in turn, loads them all and keeps a size limit in a
global; here the file's first bytes choose the reader, and the limits are handed in.
"""

from __future__ import annotations

import contextlib
import importlib
import struct
from dataclasses import replace
from functools import partial
from typing import IO, TYPE_CHECKING

from underpaint_common.errors import UnusableImage
from underpaint_common.pictures.exif import exif_of
from underpaint_common.pictures.jpeg_scans import check_jpeg_scans
from underpaint_common.pictures.limits import Limits
from underpaint_common.pictures.orientation import upright
from underpaint_common.pictures.picture import CMYK, GREY, RGB, Picture, Size
from underpaint_common.pictures.pillow_modes import Planes, planes_of
from underpaint_common.pictures.png_colour import colour_chunks
from underpaint_common.pictures.png_profiles import room_for_profiles
from underpaint_common.pictures.png_reader import read_rows_filtered_up
from underpaint_common.pictures.quiet import silence_libtiff
from underpaint_common.pictures.sixteen import read_sixteen_bit_colour, sixteen_bit_layout
from underpaint_common.pictures.sniff import FileKind
from underpaint_common.pictures.tiff_directory import check_tiff_directory

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

_TIFF_PHOTOMETRIC = 262
_TIFF_BITS = 258
_WHITE_IS_ZERO = 0
_CHANNELS = {**dict.fromkeys(("1", "L", "LA", "La", "I;16", "I;16B"), GREY), "CMYK": CMYK}
_READERS = {
    FileKind.PNG: ("PngImagePlugin", "PngImageFile"),
    FileKind.JPEG: ("JpegImagePlugin", "JpegImageFile"),
    FileKind.WEBP: ("WebPImagePlugin", "WebPImageFile"),
    FileKind.BMP: ("BmpImagePlugin", "BmpImageFile"),
    FileKind.TIFF: ("TiffImagePlugin", "TiffImageFile"),
    FileKind.GIF: ("GifImagePlugin", "GifImageFile"),
}


def decode(file: IO[bytes], kind: FileKind, limits: Limits, *, keep_metadata: bool) -> Picture:
    """Decode one still picture.

    Parameters
    ----------
    file : binary file, seekable
        At its beginning.
    kind : FileKind
        What its first bytes say it is.
    limits : Limits
        Checked on the header.
    keep_metadata : bool
        Whether EXIF data come along, their orientation set to upright.

    Raises
    ------
    UnusableImage
        It is animated, over a limit, or of a mode that cannot be taken exactly. Pillow's
        own errors, of any type, come through as they are.
    """
    if kind is FileKind.JPEG:
        check_jpeg_scans(file)
    image = _open(file, kind, limits)
    _check_still(image, kind)
    layout = sixteen_bit_layout(image)
    bytes_per_pixel = layout.bytes_per_pixel if layout else _bytes_per_pixel(image.mode)
    limits.check_pixels(*image.size, bytes_per_pixel)
    planes = read_rows_filtered_up(image, file) if kind is FileKind.PNG else None
    if planes is None:
        reopen = partial(_open, file, kind, limits)
        image = reopen()
        planes = (
            read_sixteen_bit_colour(image, reopen, layout)
            if layout
            else _eight_bit_or_grey(image, kind)
        )
    chunks = colour_chunks(file) if kind is FileKind.PNG else ()
    picture = _picture(image, planes, kind, keep_metadata=keep_metadata)
    return replace(picture, colour_chunks=chunks)


def load_every_reader() -> None:
    """Import the readers of all kinds of files; otherwise each is imported when it is needed."""
    for module, _ in _READERS.values():
        importlib.import_module(f"PIL.{module}")


def measure(file: IO[bytes], kind: FileKind, limits: Limits) -> Size:
    """Return the size of a still picture from its header; parameters and errors as of `decode`."""
    image = _open(file, kind, limits)
    _check_still(image, kind)
    is_deep = sixteen_bit_layout(image) is not None or image.mode.startswith("I;16")
    channels = _CHANNELS.get(image.mode, RGB)
    return Size(image.height, image.width, channels, bit_depth=16 if is_deep else 8)


def _open(file: IO[bytes], kind: FileKind, limits: Limits) -> ImageFile:
    """Read a file's header with the reader of its kind, importing that reader alone."""
    if kind is FileKind.WEBP:
        _check_webp_header(file, limits)
    elif kind is FileKind.TIFF:
        check_tiff_directory(file)
        silence_libtiff()
    file.seek(0)
    module, reader = _READERS[kind]
    with room_for_profiles if kind is FileKind.PNG else contextlib.nullcontext():
        opened: ImageFile = getattr(importlib.import_module(f"PIL.{module}"), reader)(file)
    return opened


def _check_webp_header(file: IO[bytes], limits: Limits) -> None:
    """Check the canvas size: Pillow's WebP reader allocates it while it opens the file."""
    file.seek(0)
    head = file.read(30).ljust(30, b"\0")
    chunk, body = head[12:16], head[20:]
    if chunk == b"VP8X":
        width, height = (1 + int.from_bytes(body[at : at + 3], "little") for at in (4, 7))
    elif chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", body, 1)
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width, height = (size & 0x3FFF for size in struct.unpack_from("<HH", body, 6))
    limits.check_pixels(width, height, 4)


def _check_still(image: ImageFile, kind: FileKind) -> None:
    if kind is FileKind.JPEG or not getattr(image, "is_animated", False):
        return
    if kind is FileKind.TIFF:
        raise UnusableImage("a TIFF file of several pages cannot be used", hint="split the pages")
    raise UnusableImage("an animation cannot be used", hint="extract one frame as a still image")


def _bytes_per_pixel(mode: str) -> int:
    """Return what one pixel takes in memory at most, decoded and converted."""
    return {"1": 1, "L": 1, "I;16": 2, "I;16B": 2}.get(mode, 4)


def _eight_bit_or_grey(image: ImageFile, kind: FileKind) -> Planes:
    key = _colour_key(image)
    image.load()
    planes = planes_of(image, colour_key=key)
    if kind is FileKind.TIFF and image.mode.startswith("I;16"):
        return _tiff_grey(image, planes)
    return planes


def _colour_key(image: ImageFile) -> tuple[int, ...] | None:
    """Return the transparent colour of a file without palette, in the range of its samples."""
    key = image.info.get("transparency")
    if key is None or image.mode not in ("1", "L", "RGB", "I;16"):
        return None
    values = key if isinstance(key, tuple) else (key,)
    depth = _png_depth(image)
    if image.mode == "L" and depth < 8:
        return tuple((value & ((1 << depth) - 1)) * 255 // ((1 << depth) - 1) for value in values)
    return values if image.mode == "I;16" else tuple(value & 0xFF for value in values)


def _png_depth(image: ImageFile) -> int:
    """Return the bits of a PNG's grey samples as stored, told by Pillow's raw mode."""
    rawmode = image.tile[0].args if image.tile else None
    return {"L;2": 2, "L;4": 4}.get(rawmode, 8) if isinstance(rawmode, str) else 8


def _tiff_grey(image: ImageFile, planes: Planes) -> Planes:
    """Mend what Pillow leaves as stored: 12-bit samples, and white stored as zero."""
    tags = getattr(image, "tag_v2", {})
    if tags.get(_TIFF_BITS) != (16,):
        raise UnusableImage("grey samples of 12 bits cannot be used", hint="convert it to 16 bits")
    if tags.get(_TIFF_PHOTOMETRIC) == _WHITE_IS_ZERO:
        return Planes(~planes.samples, planes.alpha, planes.notices)
    return planes


def _picture(image: ImageFile, planes: Planes, kind: FileKind, *, keep_metadata: bool) -> Picture:
    exif = exif_of(image, kind, keep_metadata=keep_metadata)
    profile, gamma = image.info.get("icc_profile"), image.info.get("gamma")
    return Picture(
        samples=upright(planes.samples, exif.turn),
        alpha=None if planes.alpha is None else upright(planes.alpha, exif.turn),
        icc_profile=profile if isinstance(profile, bytes) and profile else None,
        gamma=gamma if isinstance(gamma, float) and gamma > 0 else None,
        metadata=exif.metadata,
        notices=planes.notices + exif.notices,
        source_format=kind.label,
    )
