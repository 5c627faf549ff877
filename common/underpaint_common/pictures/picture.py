"""A picture in memory: colour samples, alpha, and what a file says about how to show them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from underpaint_common.errors import UnusableImage
from underpaint_common.stego.samples import Samples as Samples

GREY, RGB, CMYK = 1, 3, 4
_FROM_ARRAYS = (GREY, RGB)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture, upright.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16, shape (height, width, channels)
        Colour only, C-contiguous; one channel (grey), three (RGB) or four (CMYK, without alpha).
    alpha : ndarray, shape (height, width), optional
        Of the samples' type; 0 is fully transparent.
    icc_profile : bytes, optional
        Colour profile, as in the file.
    gamma : float, optional
        As in the file (PNG's gAMA).
    colour_chunks : tuple of (bytes, bytes)
        What else a PNG file says about its colours: names and bodies of chunks, as in the file.
    metadata : bytes, optional
        EXIF, only where it was asked for.
    notices : tuple of str
        What was changed on reading, for the user to know.
    source_format : str
        What the file was, such as ``PNG``; empty for pictures made in memory.
    """

    samples: Samples
    alpha: Samples | None = None
    icc_profile: bytes | None = None
    gamma: float | None = None
    colour_chunks: tuple[tuple[bytes, bytes], ...] = ()
    metadata: bytes | None = None
    notices: tuple[str, ...] = ()
    source_format: str = ""

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.samples.shape[0])

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.samples.shape[1])

    @property
    def channels(self) -> int:
        """Colour channels."""
        return int(self.samples.shape[2])

    @property
    def bit_depth(self) -> int:
        """Bits a sample: 8 or 16."""
        return 8 * self.samples.dtype.itemsize


@dataclass(frozen=True, slots=True)
class Size:
    """The shape of a picture whose samples are not at hand.

    Parameters
    ----------
    height, width, channels, bit_depth : int
        As of a `Picture`; height and width may change places when it is turned upright.
    """

    height: int
    width: int
    channels: int
    bit_depth: int

    @property
    def samples(self) -> int:
        """How many samples there are."""
        return self.height * self.width * self.channels


def picture_from_array(array: Samples, alpha: Samples | None = None) -> Picture:
    """Return the picture of an array.

    Parameters
    ----------
    array : ndarray of uint8 or uint16
        Shape (height, width) or (height, width, channels): grey or RGB, and 2 or 4 channels
        where the last one is alpha.
    alpha : ndarray, shape (height, width), optional
        Where the array itself holds none.

    Raises
    ------
    UnusableImage
        If this is not the array of a picture.
    """
    samples = array[:, :, None] if array.ndim == 2 else array
    if samples.ndim == 3 and samples.shape[2] in (2, 4) and alpha is None:
        samples, alpha = samples[:, :, :-1], samples[:, :, -1]
    _check(samples, alpha)
    alpha = None if alpha is None else np.ascontiguousarray(alpha)
    return Picture(np.ascontiguousarray(samples), alpha)


def _check(samples: Samples, alpha: Samples | None) -> None:
    if samples.dtype not in (np.uint8, np.uint16):
        raise UnusableImage(f"an array of {samples.dtype} is no picture: uint8 or uint16 is")
    if samples.ndim != 3 or samples.shape[2] not in _FROM_ARRAYS or samples.size == 0:
        raise UnusableImage(f"an array of shape {samples.shape} is no grey or RGB picture")
    if alpha is not None and (alpha.shape != samples.shape[:2] or alpha.dtype != samples.dtype):
        raise UnusableImage("alpha must have the picture's height, width and type")
