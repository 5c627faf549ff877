"""Which part of a picture is shown, and how its samples become values that a screen shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from underpaint_common.pictures import Picture
from underpaint_common.stego.bitplanes import bit_plane
from underpaint_common.stego.samples import Octets, Samples

CROP = (448, 336)
"""Width and height that are shown at one to one."""

MIDDLE_GREY = 127


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a picture that is shown at one to one."""

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def around(cls, picture: Picture, at: tuple[int, int] | None) -> Region:
        """Return the part around a pixel, or the middle; it never leaves the picture."""
        width, height = min(CROP[0], picture.width), min(CROP[1], picture.height)
        x, y = (picture.width // 2, picture.height // 2) if at is None else at
        left = min(max(x - width // 2, 0), picture.width - width)
        top = min(max(y - height // 2, 0), picture.height - height)
        return cls(left, top, width, height)

    def is_all_of(self, picture: Picture) -> bool:
        """Tell whether nothing of the picture lies outside."""
        return (self.width, self.height) == (picture.width, picture.height)

    def of(self, samples: Samples) -> Samples:
        """Return the samples inside."""
        return samples[self.top : self.top + self.height, self.left : self.left + self.width]


def thinned(samples: Samples) -> Samples:
    """Return every n-th sample each way, so that the whole picture fits where a crop does.

    Averages would turn bit planes into grey; what is left out leaves structures visible.
    """
    height, width = samples.shape[:2]
    step = max(-(-width // CROP[0]), -(-height // CROP[1]), 1)
    return samples[::step, ::step]


def plane_image(channel: Samples, plane: int) -> NDArray[np.bool_]:
    """Return one bit plane of a channel as black and white: ones are white."""
    return bit_plane(channel, plane).astype(np.bool_)


def amplification(largest: int) -> int:
    """Return the factor under which the largest change of a sample still fits the screen."""
    return max(MIDDLE_GREY // largest, 1) if largest else 1


def difference(cover: Samples, stego: Samples, largest: int) -> Octets:
    """Return signed changes, amplified: middle grey is none, lighter is up, darker is down.

    Parameters
    ----------
    cover, stego : ndarray of uint8 or uint16, of one shape
        The same part of both pictures.
    largest : int
        The largest change in all of the picture. What is beyond the screen's range (16 bits with
        changes in high planes) is scaled down to it.
    """
    change = stego.astype(np.int32) - cover.astype(np.int32)
    strength = MIDDLE_GREY / largest if largest > MIDDLE_GREY else amplification(largest)
    shown: Octets = np.clip(np.rint(change * strength) + MIDDLE_GREY, 0, 255).astype(np.uint8)
    return shown


def change_density(cover: Samples, stego: Samples, side: int) -> NDArray[np.float64]:
    """Return which share of the samples differs in each square block of a picture.

    Parameters
    ----------
    cover, stego : ndarray, shape (height, width, channels)
        All of both pictures.
    side : int
        Pixels along a block; those at the right and lower edges may be smaller.
    """
    columns = np.arange(0, cover.shape[1], side)
    widths = np.diff(np.append(columns, cover.shape[1]))
    rows = []
    for top in range(0, cover.shape[0], side):
        changed = cover[top : top + side] != stego[top : top + side]
        count = np.add.reduceat(changed.sum(axis=(0, 2), dtype=np.int64), columns)
        rows.append(count / (widths * changed.shape[0] * changed.shape[2]))
    return np.array(rows)


def eight_bits(samples: Samples) -> Octets:
    """Return samples with the upper 8 bits of what they had."""
    if samples.dtype == np.uint16:
        samples = samples >> np.uint16(8)
    return np.ascontiguousarray(samples.astype(np.uint8, copy=False))


def colours(samples: Samples) -> Octets:
    """Return colour samples as 8-bit grey (two dimensions) or RGB, for a screen.

    Inverted and multiplied, CMYK looks about right: no profile is looked at.
    """
    octets = eight_bits(samples)
    if samples.shape[2] == 4:
        paper = np.uint16(255) - octets
        lit: Octets = (paper[:, :, :3] * paper[:, :, 3:] // 255).astype(np.uint8)
        return lit
    return octets[:, :, 0] if samples.shape[2] == 1 else octets
