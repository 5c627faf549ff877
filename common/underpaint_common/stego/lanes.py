"""How samples are dealt out to the lanes of the trellis.

The samples, in image order, are cut into runs of K; the runs are put into a keyed order and
laid out as a matrix of T rows, each of S runs, so of ``S * K`` lanes. Every lane takes its samples
from all over the image, and no two neighbours of a lane were neighbours in the image. K is 1 up to
a quarter of a million samples; beyond, it is prime to 2 and 3, so that all channels take part in
every lane, and whole runs move through memory at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.order import keyed_order
from underpaint_common.stego.samples import ByteStream, Octets
from underpaint_common.stego.strata import Positions

Scalar = TypeVar("Scalar", bound=np.generic)

MOST_RUNS = 1 << 18
STEPS = 1 << 13
"""Rows to aim at: lanes much shorter pay for their ends, longer ones want memory for no gain."""

LONG_HEIGHT, LONG_STEPS = 10, 3 << 13
"""Where bits are few the ends weigh more, and an effort that has room for it takes longer lanes."""

FEW = 8
"""Samples a bit from which on bits are few."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """The shape of the matrix; see the module.

    Parameters
    ----------
    run : int
        K, samples a run.
    across : int
        S, runs in a row.
    steps : int
        T, rows; a multiple of 8.
    runs : int
        Runs there are, of which the first ``across * steps`` of the keyed order are used.
    """

    run: int
    across: int
    steps: int
    runs: int

    @classmethod
    def of(cls, count: int, bits: int | None = None, height: int = 0) -> Lanes:
        """Return the lanes of so many samples that bear so many bits, many if it is not said.

        `height` is the constraint height of the codes.
        """
        few = bits is not None and FEW * bits < count and count > MOST_RUNS
        steps = LONG_STEPS if few and height == LONG_HEIGHT else STEPS
        run = -(-count // MOST_RUNS) or 1
        while run > 1 and (run % 2 == 0 or run % 3 == 0):
            run += 1
        runs = count // run
        across = max(runs // steps, 1)
        return cls(run, across, runs // across // 8 * 8, runs)

    @property
    def lanes(self) -> int:
        """Number of lanes."""
        return self.across * self.run

    @property
    def size(self) -> int:
        """Number of samples in the matrix."""
        return self.lanes * self.steps

    def order(self, stream: ByteStream) -> Positions:
        """Return which run stands where in the matrix, shape (steps, across)."""
        order = keyed_order(self.runs, stream)[: self.across * self.steps]
        return order.reshape(self.steps, self.across)

    def pieces(self, most_lanes: int, turn: int = 0, turns: int = 1) -> Iterator[Piece]:
        """Yield parts with at most so many lanes each; together every `turns`-th lane from `turn`.

        In long runs neighbours stand side by side, so that they take different turns.
        """
        if self.run == 1:
            for place in range(turn, self.across, turns * most_lanes):
                stop = min(place + turns * most_lanes, self.across)
                yield Piece(slice(place, stop, turns), slice(0, 1))
            return
        width = len(range(turn, self.run, turns))
        if width > most_lanes:
            for place in range(self.across):
                for first in range(turn, self.run, turns * most_lanes):
                    last = min(first + turns * most_lanes, self.run)
                    yield Piece(slice(place, place + 1), slice(first, last, turns))
            return
        together = most_lanes // max(width, 1)
        for place in range(0, self.across if width else 0, together):
            places = slice(place, min(place + together, self.across))
            yield Piece(places, slice(turn, self.run, turns))

    def stretch(
        self, runs: NDArray[Scalar], order: Positions, start: int, stop: int
    ) -> NDArray[Scalar]:
        """Return samples `start` to `stop` of the matrix, counted row by row."""
        first, last = start // self.run, -(-stop // self.run)
        samples = runs.take(order.reshape(-1)[first:last], axis=0, mode="clip").reshape(-1)
        return samples[start - first * self.run : stop - first * self.run]

    def cut(self, samples: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return a view of flat samples as runs, shape (runs, run)."""
        return samples[: self.runs * self.run].reshape(self.runs, self.run)

    def split(self, rows: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return a view of any rows over all lanes with the lanes split up as pieces are."""
        return rows.reshape(-1, self.across, self.run)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lanes of the matrix: places in a row, and samples of each run there."""

    places: slice
    samples: slice

    @property
    def lanes(self) -> int:
        """Number of lanes."""
        places = range(*self.places.indices(self.places.stop))
        return len(places) * len(range(*self.samples.indices(self.samples.stop)))

    def gather(self, runs: NDArray[Scalar], order: Positions) -> NDArray[Scalar]:
        """Return the samples of this piece, shape (steps, its lanes)."""
        where = order[:, self.places]
        if self._width(runs) == runs.shape[1]:
            return runs.take(where.reshape(-1), axis=0, mode="clip").reshape(len(order), -1)
        return runs[where, self.samples].reshape(len(order), -1)

    def scatter(self, values: NDArray[Scalar], runs: NDArray[Scalar], order: Positions) -> None:
        """Write samples back to where `gather` took them from."""
        where = order[:, self.places]
        runs[where, self.samples] = values.reshape(*where.shape, self._width(runs))

    def of(self, split: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return the part of rows that were split by `Lanes.split`, shape (rows, its lanes)."""
        return split[:, self.places, self.samples].reshape(split.shape[0], -1)

    def bits(self, packed: Octets, run: int) -> Octets:
        """Return the part of rows that hold a bit for each lane, shape (rows, its lanes)."""
        first, last = self.places.start * run, self.places.stop * run
        bits = np.unpackbits(packed[:, first >> 3 : (last + 7) >> 3], axis=1)
        places = bits[:, first & 7 : (first & 7) + last - first].reshape(len(packed), -1, run)
        return places[:, :: self.places.step, self.samples].reshape(len(packed), -1)

    def _width(self, runs: NDArray[Scalar]) -> int:
        """Return how many samples of each run there are."""
        return len(range(*self.samples.indices(runs.shape[1])))
