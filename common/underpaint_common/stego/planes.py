"""Mode `planes`: as few bit planes as fit, nearest values, spread over the whole cover.

A body of B bytes over n samples (n rounded down to a multiple of 8) takes k whole planes,
``k = floor(8 B / n)``; what is left goes, one bit each, to plane k of samples chosen by key, so
many in every block that the whole cover bears it evenly. Where k is 0, only chosen samples are
touched at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from underpaint_common.stego import fields
from underpaint_common.stego.nearest import Windows, move_to_nearest
from underpaint_common.stego.samples import BLOCK, MAX_PLANES, ByteStream, Octets, Samples, like
from underpaint_common.stego.sequence import Sequence
from underpaint_common.stego.strata import BlockChooser, Positions


def capacity(members: int, planes: int) -> int:
    """Return how many bytes `members` samples bear in at most `planes` planes."""
    return members // 8 * planes


def planes_needed(body_bytes: int, members: int) -> int:
    """Return the least number of planes that hold a body; above 8, it does not fit."""
    return -(-body_bytes // (members // 8)) if members >= 8 else MAX_PLANES + 1


@dataclass(frozen=True, slots=True)
class _Share:
    """What one block of the sequence bears: whole planes, then one more bit in chosen samples."""

    start: int
    size: int
    whole: slice
    extra: slice


@dataclass(frozen=True, slots=True)
class _Division:
    """How a body is divided among whole planes and one partly filled plane."""

    length: int
    used: int
    planes: int

    @classmethod
    def of(cls, length: int, members: int) -> _Division:
        used = members - members % 8
        if length > capacity(used, MAX_PLANES):
            raise ValueError(f"{length} bytes do not fit {members} samples")
        return cls(length, used, 8 * length // used if used else 0)

    def shares(self, sequence: Sequence) -> Iterator[_Share]:
        """Yield what each block bears, in image order, blocks that bear nothing left out."""
        first = self.planes * self.used // 8
        extra = self.length - first
        for start, stop in sequence.blocks(self.used):
            whole = slice(start * self.planes // 8, stop * self.planes // 8)
            low = first + start * extra // self.used
            high = first + stop * extra // self.used
            if self.planes or low < high:
                yield _Share(start, stop - start, whole, slice(low, high))


class _Scratch:
    """Work arrays of one block, reused: fresh ones would cost more in page faults than the work."""

    def __init__(self, kind: np.dtype[np.uint8 | np.uint16], planes: int) -> None:
        self.block: Samples = np.empty(BLOCK, kind)
        self.values = np.empty(BLOCK, np.uint8)
        self.coins = np.empty(BLOCK, np.uint8)
        self.fields = np.empty(BLOCK, np.uint8)
        self.windows = Windows.of(np.full(BLOCK, (1 << planes) - 1, kind))

    def flip(self, count: int, coins: ByteStream) -> Octets:
        """Return random zeros and ones; `count` is a multiple of 8."""
        flips = self.coins[:count]
        fields.spread(np.frombuffer(coins(count // 8), np.uint8), 1, flips, self.fields)
        return flips

    def read(self, data: Octets, bits: int, count: int) -> Octets:
        """Return `count` values of `bits` bits."""
        values = self.values[:count]
        fields.spread(data, bits, values, self.fields)
        return values


def embed(
    samples: Samples,
    body: bytes | bytearray | memoryview,
    *,
    sequence: Sequence,
    positions: ByteStream,
    coins: ByteStream,
) -> None:
    """Embed a body into flat samples, in place.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16, shape (n,)
        The cover's samples; what is reserved in `sequence` stays as it is.
    body : bytes-like
        At most ``capacity(len(sequence), 8)`` bytes that look like noise.
    sequence : Sequence
        Which samples may bear the body.
    positions : ByteStream
        Steers which samples bear one bit more; `extract` needs the same.
    coins : ByteStream
        Decides between equally near values; not needed again.

    Raises
    ------
    ValueError
        If the body does not fit.
    """
    data = np.frombuffer(body, np.uint8)
    division = _Division.of(data.size, len(sequence))
    chooser = BlockChooser(positions)
    scratch = _Scratch(samples.dtype, max(division.planes, 1))
    for share in division.shares(sequence):
        chosen = chooser.choose(8 * (share.extra.stop - share.extra.start), share.size)
        block = scratch.block[: share.size]
        sequence.gather(samples, share.start, block)
        whole, extra = data[share.whole], data[share.extra]
        if division.planes:
            _embed_dense(block, whole, extra, chosen, division.planes, coins, scratch)
        else:
            _embed_sparse(block, extra, chosen, coins, scratch)
        sequence.scatter(block, share.start, samples)


def extract(
    samples: Samples, length: int, *, sequence: Sequence, positions: ByteStream
) -> bytearray:
    """Return the body of `length` bytes that `embed` wrote with the same sequence and stream.

    Raises
    ------
    ValueError
        If so much cannot be in there.
    """
    # Before anything is allocated: the length is what a header claims.
    division = _Division.of(length, len(sequence))
    body = bytearray(length)
    data = np.frombuffer(body, np.uint8)
    chooser = BlockChooser(positions)
    scratch = _Scratch(samples.dtype, 1)
    for share in division.shares(sequence):
        chosen = chooser.choose(8 * (share.extra.stop - share.extra.start), share.size)
        block = scratch.block[: share.size]
        sequence.gather(samples, share.start, block)
        low = _low_bytes(block, scratch)
        fields.collect(low, division.planes, data[share.whole], scratch.fields)
        if chosen.size:
            extra = np.take(low, chosen, out=scratch.coins[: chosen.size], mode="clip")
            np.right_shift(extra, np.uint8(division.planes), out=extra)
            fields.collect(extra, 1, data[share.extra], scratch.fields)
    return body


def _embed_sparse(
    block: Samples, extra: Octets, chosen: Positions, coins: ByteStream, scratch: _Scratch
) -> None:
    """Write one bit into each chosen sample and leave the rest alone."""
    bits = scratch.read(extra, 1, chosen.size)
    flips = scratch.flip(chosen.size, coins)
    moved = block[chosen]
    windows = scratch.windows.first(chosen.size)
    move_to_nearest(moved, like(moved, bits), like(moved, flips), windows)
    block[chosen] = moved


def _low_bytes(block: Samples, scratch: _Scratch) -> Octets:
    """Return the samples' low bytes, which hold every plane that is ever written."""
    if block.dtype == np.uint8:
        return block.view(np.uint8)
    low = scratch.values[: block.size]
    np.copyto(low, block, casting="unsafe")
    return low


def _embed_dense(
    block: Samples,
    whole: Octets,
    extra: Octets,
    chosen: Positions,
    planes: int,
    coins: ByteStream,
    scratch: _Scratch,
) -> None:
    """Write `planes` bits into every sample, and one bit more into the chosen ones."""
    windows = scratch.windows.first(block.size)
    values = scratch.read(whole, planes, block.size)
    if chosen.size:
        bits = scratch.coins[: chosen.size]
        fields.spread(extra, 1, bits, scratch.fields)
        np.left_shift(bits, np.uint8(planes), out=bits)
        values[chosen] |= bits
        masks = windows.masks.copy()
        masks[chosen] = (1 << (planes + 1)) - 1
        windows = Windows.of(masks)
    flips = scratch.flip(block.size, coins)
    move_to_nearest(block, like(block, values), like(block, flips), windows)
