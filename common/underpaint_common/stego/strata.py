"""Keyed choices spread evenly: one position in each of equally large strata.

A payload that fills part of a cover changes every region at the same rate, and still nobody
without the key can tell which samples bear it. All arithmetic is on integers: the same
positions on every machine.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.samples import BLOCK, ByteStream

Positions: TypeAlias = NDArray[np.int64]

_FRACTION = 13
"""Fractional bits of a block's strata: the end of a block, ``BLOCK << 13``, still fits 32 bits."""


def choose(count: int, population: int, stream: ByteStream) -> Positions:
    """Return `count` of `population` positions, ascending, one from each stratum.

    Stratum i begins at ``(i * step) >> 32`` with ``step = (population << 32) // count``; the
    position in it is ``(width * r) >> 32`` further on, r being the stream's next little-endian
    32-bit word.

    Parameters
    ----------
    count : int
        0 to `population`.
    population : int
        Less than ``2**32``.
    stream : ByteStream
        Gives ``4 * count`` bytes.

    Raises
    ------
    ValueError
        If more is asked for than there is.
    """
    if not 0 <= count <= population < 1 << 32:
        raise ValueError(f"{count} of {population} positions cannot be chosen")
    if count == 0:
        return np.empty(0, np.int64)
    step = np.uint64((population << 32) // count)
    edges = (np.arange(count + 1, dtype=np.uint64) * step) >> np.uint64(32)
    words = np.frombuffer(stream(4 * count), "<u4").astype(np.uint64)
    offsets = (words * (edges[1:] - edges[:-1])) >> np.uint64(32)
    return (edges[:-1] + offsets).astype(np.int64)


class BlockChooser:
    """`choose` for the many blocks of an image, in narrow integers and reused memory.

    The rule is the same with other widths: 13 fractional bits instead of 32 for the step, and
    16-bit words instead of 32-bit ones.

    Parameters
    ----------
    stream : ByteStream
        Gives 2 bytes a position.
    """

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._ranks = np.arange(BLOCK + 1, dtype=np.uint32)
        self._edges = np.empty(BLOCK + 1, np.uint32)
        self._offsets = np.empty(BLOCK, np.uint32)
        self._positions = np.empty(BLOCK, np.int64)

    def choose(self, count: int, population: int) -> Positions:
        """Return positions in a block of at most `BLOCK` samples, valid until the next call.

        Parameters
        ----------
        count : int
            A multiple of 8, at most `population`.
        population : int
            At most `BLOCK`.
        """
        positions = self._positions[:count]
        if count == population:
            positions[:] = self._ranks[:count]
            return positions
        if count:
            edges, offsets = self._edges[: count + 1], self._offsets[:count]
            step = np.uint32((population << _FRACTION) // count)
            np.multiply(self._ranks[: count + 1], step, out=edges)
            np.right_shift(edges, np.uint32(_FRACTION), out=edges)
            np.subtract(edges[1:], edges[:-1], out=offsets)
            np.multiply(offsets, np.frombuffer(self._stream(2 * count), "<u2"), out=offsets)
            np.right_shift(offsets, np.uint32(16), out=offsets)
            np.add(offsets, edges[:-1], out=positions, casting="unsafe")
        return positions
