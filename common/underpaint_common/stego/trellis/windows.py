"""Ways: which of the samples of a window were flipped, a bit each, and the walk back along them.

A window is `WINDOW` steps. Where it ends, a way is kept for every state and lane: the flips that
led there since it began. All that happens in a window is linear, so that state and way at its end
give the state at its beginning by tables.

Instead of reaching a target, all lanes reach zeros: flips that have the target as their syndrome
are *agreed* upon before, in the last sample of some blocks, and there staying and flipping change
places.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.samples import Octets
from underpaint_common.stego.trellis.code import Code

Ways: TypeAlias = NDArray[np.uint16]

WINDOW = 16


def count(steps: int) -> int:
    """Return how many windows there are, the last one perhaps not full."""
    return -(-steps // WINDOW)


def agreed(target: Octets, code: Code) -> Octets:
    """Return in the last sample of which blocks a flip is agreed upon.

    Parameters
    ----------
    target : ndarray of uint8, shape (bits, lanes)
        Zeros and ones.
    code : Code
        The code of every lane; its columns are odd.

    Returns
    -------
    ndarray of uint8, shape (bits, lanes)
        Zeros and ones; the syndrome of all these flips is the target.
    """
    left = np.zeros((code.bits + code.height, target.shape[1]), np.uint8)
    left[: code.bits] = target
    for block, column in enumerate(code.columns[code.edges[1:] - 1].tolist()):
        row, column = block + 1, column >> 1
        while column:
            if column & 1:
                np.bitwise_xor(left[row], left[block], out=left[row])
            row, column = row + 1, column >> 1
    return left[: code.bits]


class Backward:
    """The walk from the end of the lanes to their beginning."""

    def __init__(self, agreed: Octets, code: Code) -> None:
        lanes, self._half = agreed.shape[1], 1 << (code.height - 1)
        total = count(code.steps)
        self._steps = code.steps
        self._lane = np.arange(lanes)
        self._state = np.zeros(lanes, np.int64)
        self._ways = np.zeros((total, lanes), np.uint16)
        self._agreed = np.zeros((total, lanes), np.uint16)
        last = code.edges[1:] - 1
        for place in range(WINDOW):
            here = np.flatnonzero(last % WINDOW == place)
            self._agreed[last[here] // WINDOW] |= agreed[here].astype(np.uint16) << place
        block = np.repeat(np.arange(code.bits), np.diff(code.edges))
        starts = np.arange(0, code.steps, WINDOW)
        self._ended = np.diff(np.searchsorted(last, np.append(starts, code.steps)))
        self._moved = np.zeros(total * WINDOW, np.int64)
        self._moved[: code.steps] = code.columns << (
            block - np.repeat(block[starts], WINDOW)[: code.steps]
        )

    def over(self, windows: range, kept: Ways) -> None:
        """Go back over some windows.

        Parameters
        ----------
        windows : range
            Which ones; those behind them are done.
        kept : ndarray of uint16, shape (windows or more, 2, states / 2, lanes)
            The ways to every state, even ones first.
        """
        lanes = self._lane.size
        tables = self._tables(windows)
        for window in reversed(windows):
            number = window - windows.start
            place = ((self._state & 1) * self._half + (self._state >> 1)) * lanes + self._lane
            way = kept[number].reshape(-1).take(place)
            self._ways[window] = way
            way ^= self._agreed[window]
            self._state <<= int(self._ended[window])
            self._state ^= tables[number, 0].take(way & 0xFF)
            self._state ^= tables[number, 1].take(way >> 8)

    def _tables(self, windows: range) -> NDArray[np.int64]:
        """Return for each half of a way which bits of the state its flips toggle."""
        moved = self._moved[windows.start * WINDOW : windows.stop * WINDOW].reshape(-1, 2, 8)
        tables = np.zeros((len(windows), 2, 256), np.int64)
        for bit in range(8):
            known = 1 << bit
            tables[:, :, known : 2 * known] = tables[:, :, :known] ^ moved[:, :, bit, np.newaxis]
        return tables

    def flips(self) -> Octets:
        """Return which samples are flipped, shape (steps, lanes)."""
        halves = np.stack((self._ways & 0xFF, self._ways >> 8), axis=1).astype(np.uint8)
        bits = np.unpackbits(halves, axis=1, bitorder="little")
        return bits.reshape(-1, self._lane.size)[: self._steps]
