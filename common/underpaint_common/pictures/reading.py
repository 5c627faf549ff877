"""The door of image files: whatever comes in, a picture or one of our errors goes out."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO, TypeVar

from underpaint_common.errors import LocalFileError, UnderpaintError, UnusableImage, reason_of
from underpaint_common.files import refuse_nul
from underpaint_common.pictures.decode import decode, measure
from underpaint_common.pictures.limits import Limits
from underpaint_common.pictures.picture import Picture, Size
from underpaint_common.pictures.pnm import read_pnm
from underpaint_common.pictures.quiet import quiet
from underpaint_common.pictures.sniff import SNIFF_BYTES, FileKind, sniff

_READABLE = "PNG, JPEG, WebP, BMP, TIFF, PPM or GIF"
_DEFAULT_LIMITS = Limits()
Result = TypeVar("Result")
# Other errors of the system come from offsets that a broken file points to.
_FAULTS_OF_THE_MACHINE = frozenset({errno.EIO, errno.ESTALE, errno.ENXIO, errno.ETIMEDOUT})


def read_picture(
    source: Path | str | bytes | bytearray | memoryview | BinaryIO,
    *,
    limits: Limits = _DEFAULT_LIMITS,
    keep_metadata: bool = False,
) -> Picture:
    """Read one still picture, upright, exact to the last bit.

    Palettes become RGB, colour keys become alpha and 1-bit images grey, each with a notice in
    the picture. 16-bit samples stay 16-bit samples, CMYK stays CMYK.

    Parameters
    ----------
    source : path, bytes-like or binary file
        The image file: PNG, JPEG, WebP, BMP, TIFF, binary PPM, or GIF of one frame.
    limits : Limits
        Checked before anything is decoded.
    keep_metadata : bool
        Whether EXIF data, which may tell place and time, are kept.

    Raises
    ------
    UnusableImage
        It is no image, broken or cut short, over a limit, animated, or of a kind that cannot
        be taken exactly.
    LocalFileError
        The file cannot be read.
    """
    if isinstance(source, str | Path):
        return _of_path(
            Path(source),
            limits,
            lambda file: _read_file(file, limits, keep_metadata=keep_metadata),
        )
    if isinstance(source, bytes | bytearray | memoryview):
        limits.check_file(memoryview(source).nbytes)
        return _read_file(io.BytesIO(source), limits, keep_metadata=keep_metadata)
    return _read_file(_buffered(source, limits), limits, keep_metadata=keep_metadata)


def measure_picture(path: Path, *, limits: Limits = _DEFAULT_LIMITS) -> Size:
    """Return a picture file's size from its header: quickly, and without its samples.

    Raises
    ------
    UnusableImage, LocalFileError
        As of `read_picture`, where the header tells.
    """
    return _of_path(path, limits, lambda file: _measure_file(file, limits))


def _of_path(path: Path, limits: Limits, read: Callable[[IO[bytes]], Result]) -> Result:
    refuse_nul(path, "read")
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            limits.check_file(status.st_size)
            seekable = file if stat.S_ISREG(status.st_mode) else _buffered(file, limits)
            return read(seekable)
    except OSError as error:
        raise LocalFileError(f"cannot read {path}: {reason_of(error)}") from error


def _buffered(file: BinaryIO, limits: Limits) -> IO[bytes]:
    try:
        data = file.read(limits.max_file_bytes + 1)
    except OSError as error:
        raise LocalFileError(f"cannot read the image: {reason_of(error)}") from error
    limits.check_file(len(data))
    return io.BytesIO(data)


def _read_file(file: IO[bytes], limits: Limits, *, keep_metadata: bool) -> Picture:
    kind = _kind_of(file)
    if kind is FileKind.PNM:
        return read_pnm(file.read(), limits)
    return _guarded(kind, lambda: decode(file, kind, limits, keep_metadata=keep_metadata))


def _measure_file(file: IO[bytes], limits: Limits) -> Size:
    kind = _kind_of(file)
    if kind is FileKind.PNM:
        picture = read_pnm(file.read(), limits)
        return Size(picture.height, picture.width, picture.channels, picture.bit_depth)
    return _guarded(kind, lambda: measure(file, kind, limits))


def _kind_of(file: IO[bytes]) -> FileKind:
    head = file.read(SNIFF_BYTES)
    file.seek(0)
    kind = sniff(head)
    if kind is None or not kind.readable:
        raise _not_readable(kind, empty=not head)
    return kind


def _guarded(kind: FileKind, read: Callable[[], Result]) -> Result:
    """Read with Pillow, and turn its errors into ours."""
    try:
        with quiet:
            return read()
    except UnderpaintError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FAULTS_OF_THE_MACHINE:
            raise
        raise _unusable(error, kind) from error


def _unusable(error: Exception, kind: FileKind) -> UnusableImage:
    """Return our error for one of Pillow's: broken files make it raise errors of any type."""
    from PIL.Image import DecompressionBombError

    if isinstance(error, MemoryError):
        return UnusableImage("the image needs more memory than there is")
    if isinstance(error, DecompressionBombError):
        return UnusableImage(f"{kind.label} images of so many pixels cannot be read")
    return UnusableImage(f"the {kind.label} file is broken or cut short")


def _not_readable(kind: FileKind | None, *, empty: bool) -> UnusableImage:
    if empty:
        return UnusableImage("the file is empty")
    if kind is None:
        return UnusableImage("this is not an image file", hint=f"use {_READABLE}")
    return UnusableImage(f"{kind.label} images cannot be read", hint=f"convert it to {_READABLE}")
