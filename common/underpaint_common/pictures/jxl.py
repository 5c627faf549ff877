"""JPEG XL, lossless, where the `jxl` extra is installed: the smallest coder of photographs."""

from __future__ import annotations

import importlib
import importlib.util
import io
from typing import TYPE_CHECKING

from underpaint_common.errors import UnderpaintError, UnusableImage, UsageError
from underpaint_common.pictures.images import picture_from_image
from underpaint_common.pictures.limits import Limits
from underpaint_common.pictures.pillow_modes import image_of
from underpaint_common.pictures.quiet import quiet

if TYPE_CHECKING:
    from underpaint_common.pictures.picture import Picture

MEDIA_TYPE = "image/jxl"
_PLUGIN = "pillow_jxl"
_EFFORT = 7
_BYTES_A_PIXEL = 4


def jxl_is_there() -> bool:
    """Tell whether the extra is installed."""
    return importlib.util.find_spec(_PLUGIN) is not None


def encode_jxl(picture: Picture) -> bytes:
    """Return a picture as a lossless JPEG XL file.

    Raises
    ------
    UsageError
        The coder has no exact form for this picture.
    """
    _load_plugin()
    file = io.BytesIO()
    try:
        with quiet:
            image_of(picture).save(file, "JXL", lossless=True, effort=_EFFORT)
    except UnderpaintError:
        raise
    except Exception as error:
        raise UsageError("JPEG XL cannot hold this picture exactly") from error
    return file.getvalue()


def decode_jxl(data: bytes, limits: Limits) -> Picture:
    """Return the picture in a JPEG XL file that `encode_jxl` made.

    Raises
    ------
    UnusableImage
        It is broken, exceeds a limit, or the extra is not there.
    """
    _load_plugin()
    from PIL import Image

    try:
        with quiet, Image.open(io.BytesIO(data), formats=("JXL",)) as image:
            limits.check_pixels(image.width, image.height, _BYTES_A_PIXEL)
            image.load()
            return picture_from_image(image)
    except UnderpaintError:
        raise
    except Exception as error:
        raise UnusableImage("the JPEG XL file is broken") from error


def _load_plugin() -> None:
    """Let Pillow know the format; importing the plugin is what does it."""
    try:
        importlib.import_module(_PLUGIN)
    except ImportError as error:
        raise UnusableImage(
            "JPEG XL is needed here and not installed", hint="pip install 'underpaint[jxl]'"
        ) from error
