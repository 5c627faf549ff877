"""Bit-plane decomposition: an image as a stack of binary images, and back.

Plane k holds bit k of every sample, plane 0 the least significant; the decomposition is
the natural binary one (Gonzalez and Woods, Digital Image Processing, section 3.2).
"""

from __future__ import annotations

import numpy as np

from underpaint_common.stego.samples import Octets, Samples


def bit_plane(samples: Samples, plane: int) -> Octets:
    """Return one bit plane.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16
        Any shape.
    plane : int
        0 is the least significant.

    Returns
    -------
    ndarray of uint8
        Zeros and ones, shaped like `samples`.

    Raises
    ------
    ValueError
        If the samples have no such plane.
    """
    depth = 8 * samples.dtype.itemsize
    if not 0 <= plane < depth:
        raise ValueError(f"samples of {depth} bits have no plane {plane}")
    shifted = samples >> samples.dtype.type(plane)
    return (shifted & samples.dtype.type(1)).astype(np.uint8, copy=False)


def decompose(samples: Samples) -> Octets:
    """Return all bit planes, least significant first, as a new leading axis.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16
        Any shape.

    Returns
    -------
    ndarray of uint8
        Shape ``(bits, *samples.shape)``, zeros and ones.
    """
    depth = 8 * samples.dtype.itemsize
    planes = np.empty((depth, *samples.shape), np.uint8)
    for plane in range(depth):
        planes[plane] = bit_plane(samples, plane)
    return planes


def compose(planes: Octets) -> Samples:
    """Return the samples that `decompose` took apart.

    Parameters
    ----------
    planes : ndarray of uint8
        Shape ``(8 or 16, ...)``, zeros and ones, least significant plane first.

    Returns
    -------
    ndarray of uint8 or uint16
        Shape ``planes.shape[1:]``.

    Raises
    ------
    ValueError
        If there are neither 8 nor 16 planes, or a value is neither 0 nor 1.
    """
    if planes.ndim == 0 or planes.shape[0] not in (8, 16):
        raise ValueError("8 or 16 bit planes are needed, as the leading axis")
    if planes.size and int(planes.max()) > 1:
        raise ValueError("a bit plane holds zeros and ones only")
    kind = np.uint8 if planes.shape[0] == 8 else np.uint16
    samples: Samples = np.zeros(planes.shape[1:], kind)
    for plane in range(planes.shape[0]):
        samples |= planes[plane].astype(kind) << kind(plane)
    return samples
