"""Fewer members than there are: evenly spread over the image, the choice keyed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.samples import ByteStream
from underpaint_common.stego.sequence import Sequence
from underpaint_common.stego.strata import BlockChooser

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Thinning:
    """Which members of a sequence are used.

    Parameters
    ----------
    sequence : Sequence
        All of them.
    chosen : tuple of ndarray of int32, or None
        Places within each block of the sequence; None where all are used.
    """

    sequence: Sequence
    chosen: tuple[NDArray[np.int32], ...] | None

    @classmethod
    def of(cls, sequence: Sequence, count: int, positions: ByteStream) -> Thinning:
        """Return the choice of `count` members: all, or a multiple of 8."""
        members = len(sequence)
        if count == members:
            return cls(sequence, None)
        # A multiple of 8, as every block is then: so no block is to give more than it has.
        members -= members % 8
        chooser = BlockChooser(positions)
        chosen = []
        for start, stop in sequence.blocks(members):
            here = 8 * (stop * (count // 8) // members - start * (count // 8) // members)
            chosen.append(chooser.choose(here, stop - start).astype(np.int32))
        return cls(sequence, tuple(chosen))

    def gather(self, samples: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return the used members of flat samples, in their order."""
        if self.chosen is None:
            values = np.empty(len(self.sequence), samples.dtype)
            self.sequence.gather(samples, 0, values)
            return values
        parts = []
        for (start, stop), chosen in self._blocks():
            block = np.empty(stop - start, samples.dtype)
            self.sequence.gather(samples, start, block)
            parts.append(block[chosen])
        return np.concatenate(parts)

    def squeeze(self, samples: NDArray[Scalar]) -> NDArray[Scalar]:
        """Return what `gather` does, moved to the front of the very array: for what is large."""
        members = len(self.sequence)
        blocks = self.sequence.blocks(members) if self.chosen is None else self._ranges()
        done = 0
        for number, (start, stop) in enumerate(blocks):
            block = np.empty(stop - start, samples.dtype)
            self.sequence.gather(samples, start, block)
            if self.chosen is not None:
                block = block[self.chosen[number]]
            # No member lies before its place among the members.
            samples[done : done + block.size] = block
            done += block.size
        return samples[:done]

    def scatter(self, values: NDArray[Scalar], samples: NDArray[Scalar]) -> None:
        """Write members back to where `gather` took them from."""
        if self.chosen is None:
            self.sequence.scatter(values, 0, samples)
            return
        done = 0
        for (start, stop), chosen in self._blocks():
            block = np.empty(stop - start, samples.dtype)
            self.sequence.gather(samples, start, block)
            block[chosen] = values[done : done + chosen.size]
            self.sequence.scatter(block, start, samples)
            done += chosen.size

    def _blocks(self) -> Iterator[tuple[tuple[int, int], NDArray[np.int32]]]:
        return zip(self._ranges(), self.chosen or (), strict=True)

    def _ranges(self) -> Iterator[tuple[int, int]]:
        members = len(self.sequence)
        return self.sequence.blocks(members - members % 8)
