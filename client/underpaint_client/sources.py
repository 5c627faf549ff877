"""What users hand in as a cover, a stego image or a secret, turned into the core's types."""

from __future__ import annotations

import contextlib
import mimetypes
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PIL import Image

from underpaint_client.streams import Stream
from underpaint_common.errors import UnusableImage, UsageError
from underpaint_common.files import read_bounded
from underpaint_common.payload import Cost, Form, Mode, SecretFile
from underpaint_common.pictures import (
    Limits,
    Picture,
    encode,
    media_type_of,
    picture_from_array,
    picture_from_image,
    read_picture,
)
from underpaint_common.stego.samples import Samples

PictureSource: TypeAlias = str | Path | bytes | memoryview | Samples | Image.Image | Picture
SecretSource: TypeAlias = PictureSource | SecretFile

# Kinds that begin with bytes which tell them; other kinds are taken at their name's word.
_TOLD_BY_CONTENT = frozenset(
    f"image/{kind}" for kind in ("png", "jpeg", "gif", "bmp", "tiff", "webp")
)


def picture_of(
    source: PictureSource, *, limits: Limits | None = None, keep_metadata: bool = False
) -> Picture:
    """Return the picture in a file, in a file's bytes, in an array or in a Pillow image.

    Arrays are ``(height, width)`` or ``(height, width, channels)``, uint8 or uint16; of two or
    four channels the last one is alpha. `keep_metadata` is about files.

    Raises
    ------
    UnusableImage, LocalFileError
        It is no image, breaks a limit, or cannot be read.
    """
    limits = limits or Limits()
    match source:
        case Picture():
            return source
        case Image.Image():
            return picture_from_image(source)
        case np.ndarray():
            return picture_from_array(source)
        case str():
            return picture_of(Path(source), limits=limits, keep_metadata=keep_metadata)
        case _:
            return _read_picture(source, limits, keep_metadata=keep_metadata)


def _read_picture(
    source: Path | bytes | memoryview, limits: Limits, *, keep_metadata: bool
) -> Picture:
    """Read a picture; what is wrong with it is said of the file by its name, if it has one."""
    try:
        return read_picture(source, limits=limits, keep_metadata=keep_metadata)
    except UnusableImage as error:
        name = name_of(source)
        if not name:
            raise
        raise UnusableImage(f"{name}: {error.message}", hint=error.hint) from error


def secret_of(
    source: SecretSource, *, name: str | None = None, limits: Limits | None = None
) -> SecretFile:
    """Return the secret as a file: its bytes as they are, or pixels coded as a PNG file.

    Parameters
    ----------
    source : path, bytes, array, Pillow image, Picture or SecretFile
        A path's or buffer's bytes are kept to the last bit.
    name : str, optional
        The name that travels with the secret; a path's own name by default.
    limits : Limits, optional
        Bounds the size of a file.

    Raises
    ------
    UnusableImage
        The bytes are empty, over the limit, or no image although the name says so.
    LocalFileError
        The file cannot be read.
    """
    limits = limits or Limits()
    match source:
        case SecretFile():
            return source
        case str() | Path():
            path = Path(source)
            return _secret_file(read_file(path, limits), name or path.name)
        case bytes() | memoryview():
            limits.check_file(memoryview(source).nbytes)
            if isinstance(source, Stream):
                name = name or source.file_name
            return _secret_file(bytes(source), name)
        case _:
            png = b"".join(encode(picture_of(source)))
            return SecretFile(name=name or "secret.png", media_type="image/png", data=png)


def read_file(path: Path, limits: Limits) -> bytes:
    """Return a file's bytes, however many they are up to the limit.

    Raises
    ------
    UnusableImage, LocalFileError
        It is larger, or cannot be read.
    """
    with contextlib.suppress(OSError, ValueError):  # reading tells better what is wrong
        limits.check_file(path.stat().st_size)
    return read_bounded(path, max_bytes=limits.max_file_bytes)


def name_of(source: SecretSource) -> str:
    """Return the name under which people know a source; nothing of what has none."""
    if isinstance(source, Stream):
        return source.name
    return str(source) if isinstance(source, str | Path) else ""


def mode_of(mode: Mode | str) -> Mode:
    """Return the mode of a name.

    Raises
    ------
    UsageError
        There is no such mode.
    """
    try:
        return Mode(mode)
    except ValueError:
        names = ", ".join(Mode)
        raise UsageError(f"there is no mode {mode!r}", hint=f"choose one of {names}") from None


def cost_of(cost: Cost | str) -> Cost:
    """Return the cost of a name.

    Raises
    ------
    UsageError
        There is no such cost.
    """
    try:
        return Cost(cost)
    except ValueError:
        names = ", ".join(Cost)
        raise UsageError(f"there is no cost {cost!r}", hint=f"choose one of {names}") from None


def form_of(form: Form | str | None) -> Form | None:
    """Return the form of a name; None leaves the choice to the mode.

    Raises
    ------
    UsageError
        There is no such form.
    """
    try:
        return None if form is None else Form(form)
    except ValueError:
        names = ", ".join(Form)
        raise UsageError(f"there is no form {form!r}", hint=f"choose one of {names}") from None


def array_of(picture: Picture) -> Samples:
    """Return a picture's samples, with alpha as the last channel; grey without alpha is 2-D."""
    if picture.alpha is not None:
        return np.dstack([picture.samples, picture.alpha])
    return picture.samples[..., 0] if picture.channels == 1 else picture.samples


def _secret_file(data: bytes, name: str | None) -> SecretFile:
    if not data:
        raise UnusableImage(f"{name or 'the secret'} is empty")
    content = media_type_of(data, "")
    if name is None:
        name = f"secret{mimetypes.guess_extension(content) or ''}"
    claimed = mimetypes.guess_type(name)[0] or ""
    if claimed in _TOLD_BY_CONTENT and not content.startswith("image/"):
        raise UnusableImage(
            f"{name} is not an image, although its name says so",
            hint="name an image file; to hide another kind of file, give it its true ending",
        )
    return SecretFile(name=name, media_type=media_type_of(data, name), data=data)
