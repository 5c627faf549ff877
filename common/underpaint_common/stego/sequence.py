"""The sequence of samples that may bear the body: all of a flat array but the reserved ones."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.samples import BLOCK

Scalar = TypeVar("Scalar", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Sequence:
    """Samples in image order, without those that salt and header take.

    Parameters
    ----------
    size : int
        Number of samples in the flat array.
    reserved : tuple of int
        Ascending, distinct positions to pass over.
    ranks : tuple of int
        For each reserved position, how many members of the sequence come before it.
    """

    size: int
    reserved: tuple[int, ...]
    ranks: tuple[int, ...]

    @classmethod
    def without(cls, reserved: Iterable[int], size: int) -> Sequence:
        """Return the sequence of `size` samples that passes over the given positions."""
        ordered = tuple(sorted(reserved))
        return cls(size, ordered, tuple(each - rank for rank, each in enumerate(ordered)))

    def __len__(self) -> int:
        return self.size - len(self.reserved)

    def position(self, member: int) -> int:
        """Return where in the flat array a member of the sequence lies."""
        return member + bisect_right(self.ranks, member)

    def blocks(self, length: int) -> Iterator[tuple[int, int]]:
        """Yield (start, stop) of consecutive blocks of the first `length` members."""
        for start in range(0, length, BLOCK):
            yield start, min(start + BLOCK, length)

    def gather(self, flat: NDArray[Scalar], start: int, block: NDArray[Scalar]) -> None:
        """Fill `block` with the members of the sequence from `start` on."""
        done = 0
        for low, high in self._runs(start, start + block.size):
            block[done : done + high - low] = flat[low:high]
            done += high - low

    def scatter(self, block: NDArray[Scalar], start: int, flat: NDArray[Scalar]) -> None:
        """Write a block back to where `gather` took it from."""
        done = 0
        for low, high in self._runs(start, start + block.size):
            flat[low:high] = block[done : done + high - low]
            done += high - low

    def _runs(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Yield the contiguous runs of the flat array that hold members `start` to `stop`."""
        if start >= stop:
            return
        low, end = self.position(start), self.position(stop - 1) + 1
        first, last = bisect_left(self.reserved, low), bisect_left(self.reserved, end)
        for reserved in self.reserved[first:last]:
            if low < reserved:
                yield low, reserved
            low = reserved + 1
        if low < end:
            yield low, end
