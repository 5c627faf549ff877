"""Which way plus-minus-one changes go, decided afterwards for a whole picture.

A bit is borne by a sample one higher as well as by one that is one lower. `redirect` counts what
was changed, lets `restoring` decide how many changes of each value go up, and draws lots for which.
No extractor notices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.detect.weighted_stego import trust
from underpaint_common.stego.restoring import VALUES, Table, Tally, rising
from underpaint_common.stego.samples import BLOCK, ByteStream, Octets, Samples

Sides: TypeAlias = NDArray[np.int16]

_LOT_BITS = 6
"""What 16 bits leave beside four channels of 256 values: numpy sorts no wider keys by radix."""


def redirect(cover: Samples, stego: Samples, coins: ByteStream) -> None:
    """Choose the directions of changes by one so that counts of values tell least of them.

    Parameters
    ----------
    cover : ndarray of uint8 or uint16, shape (height, width, channels)
        The cover's samples, of at most four channels.
    stego : ndarray, same shape and type, contiguous
        The stego image's, no sample more than one away. Overwritten: a sample that differs may
        come to lie on the other side. Nothing is done to samples of 16 bits, whose histograms
        are too thin for anyone to count.
    coins : ByteStream
        Random bytes; not needed again.

    Raises
    ------
    ValueError
        If shapes or types differ, or there are too many channels.
    """
    if cover.shape != stego.shape or cover.dtype != stego.dtype or not 1 <= cover.shape[2] <= 4:
        raise ValueError("cover and stego image of one shape with one to four channels are needed")
    if cover.dtype != np.uint8:
        return
    tally = _tally(cover, stego)
    if not tally.changes.any():
        return
    shares = rising(tally).reshape(-1)
    phases = np.frombuffer(coins(shares.size), np.uint8) / 256
    seen = np.zeros(shares.size)
    flat = stego.reshape(-1)
    for part in _changes(cover, stego):
        lots = np.frombuffer(coins(part.keys.size), np.uint8)
        order = np.argsort((part.keys << _LOT_BITS) | (lots >> (8 - _LOT_BITS)), kind="stable")
        keys = part.keys[order]
        counts = np.bincount(keys, minlength=shares.size)
        rank = np.arange(keys.size) + (seen - (np.cumsum(counts) - counts))[keys]
        seen += counts
        # Of n changes n * share go up, wherever one stops counting.
        share, phase = shares[keys], phases[keys]
        up = np.floor((rank + 1) * share + phase) - np.floor(rank * share + phase)
        below = part.values[order] - np.uint8(1)
        flat[part.places[order]] = below + 2 * up.astype(np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class _Changes:
    """What was changed in some rows.

    Parameters
    ----------
    places : ndarray of int64, shape (n,)
        Which samples, counted through the whole picture.
    values : ndarray of uint8, shape (n,)
        The cover's.
    keys : ndarray of uint16, shape (n,)
        Channel and value as one number, ``channel * 256 + value``.
    """

    places: NDArray[np.int64]
    values: Octets
    keys: NDArray[np.uint16]


def _changes(cover: Samples, stego: Samples) -> Iterator[_Changes]:
    """Yield what was changed, some rows at a time."""
    height, width, channels = cover.shape
    rows = max(1, BLOCK // (width * channels))
    for top in range(0, height, rows):
        before = cover[top : top + rows].reshape(-1)
        inside = np.flatnonzero(before != stego[top : top + rows].reshape(-1))
        values = before[inside].astype(np.uint8)
        keys = (inside % channels).astype(np.uint16) * np.uint16(VALUES) + values
        yield _Changes(inside + top * width * channels, values, keys)


def _tally(cover: Samples, stego: Samples) -> Tally:
    """Return the counts from which directions follow."""
    _, width, channels = cover.shape
    size = channels * VALUES
    changes, flat, alike = np.zeros((3, size))
    samples = cover.reshape(-1)
    for part in _changes(cover, stego):
        changes += np.bincount(part.keys, minlength=size)
        sides = _sides(samples, part.places, width * channels, channels)
        floats = [side.astype(np.float32) for side in sides]
        flat += np.bincount(part.keys, trust(*floats), minlength=size)
        alike += np.bincount(part.keys, _alike(part.values, sides), minlength=size)
    shape = channels, VALUES
    weights = flat.reshape(shape), alike.reshape(shape)
    return Tally(_histograms(cover), changes.reshape(shape), weights)


def _histograms(cover: Samples) -> Table:
    """Return how often every value occurs in every channel."""
    height, width, channels = cover.shape
    counts = np.zeros((channels, VALUES))
    rows = max(1, BLOCK // (width * channels))
    for top in range(0, height, rows):
        for channel in range(channels):
            some = cover[top : top + rows, :, channel].reshape(-1)
            counts[channel] += np.bincount(some, minlength=VALUES)
    return counts


def _sides(flat: Samples, places: NDArray[np.int64], row: int, channels: int) -> tuple[Sides, ...]:
    """Return the samples above, below, to the left and to the right of given ones.

    Detectors leave out the picture's edges: what is taken for neighbours there does not matter.
    """
    return tuple(
        flat.take(places + offset, mode="clip").astype(np.int16)
        for offset in (-row, row, -channels, channels)
    )


def _alike(values: Octets, sides: tuple[Sides, ...]) -> NDArray[np.uint8]:
    """Return to how many of its sides a sample is so near that a step alters their order.

    These are the pairs of samples by which sample pairs analysis counts.
    """
    own = values.astype(np.int16)
    near = [np.abs(own - side) <= 1 for side in sides]
    count: NDArray[np.uint8] = np.sum(near, axis=0, dtype=np.uint8)
    return count
