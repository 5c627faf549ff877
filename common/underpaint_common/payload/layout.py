"""Where in a picture salt, header and body lie, for one key."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from underpaint_common.payload.header import Geometry
from underpaint_common.payload.keys import PayloadKeys
from underpaint_common.pictures import Picture
from underpaint_common.stego import reserved
from underpaint_common.stego.samples import Samples
from underpaint_common.stego.sequence import Sequence
from underpaint_common.stego.strata import Positions


def geometry_of(picture: Picture) -> Geometry:
    """Return the geometry that the header binds."""
    return Geometry(picture.width, picture.height, picture.channels, picture.bit_depth)


def usable_samples(picture: Picture) -> Samples:
    """Return the flat samples that may change: all but those of fully transparent pixels.

    A view of the picture's samples where nothing is transparent, else a copy.
    """
    visible = _visible(picture)
    samples = picture.samples if visible is None else picture.samples[visible]
    flat: Samples = samples.reshape(-1)
    return flat


def with_samples(picture: Picture, flat: Samples) -> Samples:
    """Return the picture's samples with the usable ones replaced, in the picture's shape."""
    visible = _visible(picture)
    if visible is None:
        whole: Samples = flat.reshape(picture.samples.shape)
        return whole
    samples = picture.samples.copy()
    samples[visible] = flat.reshape(-1, picture.channels)
    return samples


def _visible(picture: Picture) -> NDArray[np.bool_] | None:
    """Return which pixels are not fully transparent, or None where all are visible."""
    if picture.alpha is None or picture.alpha.all():
        return None
    visible: NDArray[np.bool_] = picture.alpha != 0
    return visible


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Positions of everything but the body, and the sequence that is left for it.

    Parameters
    ----------
    header : ndarray of int64
        The samples that bear the header, ascending.
    sequence : Sequence
        The samples that may bear the body.
    """

    header: Positions
    sequence: Sequence

    @classmethod
    def of(cls, flat: Samples, keys: PayloadKeys) -> Layout:
        """Return the layout of flat samples under a key.

        Raises
        ------
        ValueError
            If there are fewer than `reserved.RESERVED_SAMPLES` samples.
        """
        salt_at = reserved.salt_positions(flat.size, keys.salt_positions())
        salt = keys.salt(reserved.salt_values(flat, salt_at))
        header_at = reserved.header_positions(flat.size, salt_at, keys.header_positions(salt))
        taken = np.concatenate((salt_at, header_at)).tolist()
        return cls(header_at, Sequence.without(taken, flat.size))
