"""Where in a picture salt, header and body lie, for one key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from underpaint_common.payload.header import Geometry
from underpaint_common.payload.keys import PayloadKeys
from underpaint_common.pictures import Picture
from underpaint_common.stego import coded_header, reserved
from underpaint_common.stego.neighbours import Neighbours
from underpaint_common.stego.samples import Samples
from underpaint_common.stego.sequence import Sequence
from underpaint_common.stego.strata import Positions

_BAND_PIXELS = 64 * 1024

Scalar = TypeVar("Scalar", bound=np.generic)


def geometry_of(picture: Picture) -> Geometry:
    """Return the geometry that the header binds."""
    return Geometry(picture.width, picture.height, picture.channels, picture.bit_depth)


def usable_samples(picture: Picture) -> Samples:
    """Return the flat samples that may change: all but those of fully transparent pixels.

    A view of the picture's samples where nothing is transparent, else a copy.
    """
    visible = _visible(picture)
    if visible is None:
        whole: Samples = picture.samples.reshape(-1)
        return whole
    flat = np.empty(np.count_nonzero(visible) * picture.channels, picture.samples.dtype)
    for rows, place in _bands(visible, picture.channels):
        flat[place] = picture.samples[rows][visible[rows]].reshape(-1)
    return flat


def usable_of(picture: Picture, values: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return what belongs to the usable samples, of something shaped like the picture's samples."""
    visible = _visible(picture)
    return (values if visible is None else values[visible]).reshape(-1)


def neighbours_of(picture: Picture) -> Neighbours:
    """Return where the usable samples lie in the picture."""
    return Neighbours((picture.height, picture.width, picture.channels), _visible(picture))


def with_samples(picture: Picture, flat: Samples) -> Samples:
    """Return the picture's samples with the usable ones replaced, in the picture's shape."""
    visible = _visible(picture)
    if visible is None:
        whole: Samples = flat.reshape(picture.samples.shape)
        return whole
    samples = picture.samples.copy()
    for rows, place in _bands(visible, picture.channels):
        samples[rows][visible[rows]] = flat[place].reshape(-1, picture.channels)
    return samples


def _visible(picture: Picture) -> NDArray[np.bool_] | None:
    """Return which pixels are not fully transparent, or None where all are visible."""
    if picture.alpha is None or picture.alpha.all():
        return None
    visible: NDArray[np.bool_] = picture.alpha != 0
    return visible


def _bands(visible: NDArray[np.bool_], channels: int) -> Iterator[tuple[slice, slice]]:
    """Yield some rows at a time, and where their usable samples lie in the flat array.

    numpy's index by a mask takes 16 bytes a pixel meanwhile.
    """
    height, width = visible.shape
    step = max(1, _BAND_PIXELS // width)
    done = 0
    for top in range(0, height, step):
        rows = slice(top, top + step)
        end = done + int(np.count_nonzero(visible[rows])) * channels
        yield rows, slice(done, end)
        done = end


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Positions of everything but the body, and the sequence that is left for it.

    Parameters
    ----------
    header : ndarray of int64
        The samples that bear the header: ascending, or in their keyed order if it is coded.
    sequence : Sequence
        The samples that may bear the body.
    """

    header: Positions
    sequence: Sequence

    @classmethod
    def of(cls, flat: Samples, keys: PayloadKeys) -> Layout:
        """Return the layout of flat samples under a key, for modes that code nothing.

        Raises
        ------
        ValueError
            If there are fewer than `reserved.RESERVED_SAMPLES` samples.
        """
        salt_at, salt = _salt(flat, keys)
        header_at = reserved.header_positions(flat.size, salt_at, keys.header_positions(salt))
        return cls._with(salt_at, header_at, flat.size)

    @classmethod
    def coded(cls, flat: Samples, keys: PayloadKeys, width: int) -> Layout:
        """Return the layout for mode `adaptive` with a header of so many samples a bit."""
        salt_at, salt = _salt(flat, keys)
        stream = keys.coded_header_positions(salt)
        header_at = coded_header.positions(flat.size, salt_at, width, stream)
        return cls._with(salt_at, header_at, flat.size)

    @classmethod
    def _with(cls, salt_at: Positions, header_at: Positions, size: int) -> Layout:
        taken = np.concatenate((salt_at, header_at)).tolist()
        return cls(header_at, Sequence.without(taken, size))


def _salt(flat: Samples, keys: PayloadKeys) -> tuple[Positions, bytes]:
    """Return where the salt's samples lie, and the salt."""
    salt_at = reserved.salt_positions(flat.size, keys.salt_positions())
    return salt_at, keys.salt(reserved.salt_values(flat, salt_at))
