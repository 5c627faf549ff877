"""Extraction of what `layered` embedded: a few passes over the samples, on integers alone.

The matrix of lanes is never there as a whole: beside the samples, only their coded bits are held.
"""

from __future__ import annotations

import numpy as np

from underpaint_common.stego import fields
from underpaint_common.stego.layered import LAYERS, Shape
from underpaint_common.stego.samples import BLOCK, Octets
from underpaint_common.stego.strata import Positions
from underpaint_common.stego.trellis.syndrome import syndrome
from underpaint_common.stego.weaving import Integers


class _Bits:
    """Bytes filled bit by bit, the lowest of each byte first; what is too much is dropped."""

    def __init__(self, target: Octets) -> None:
        self._target = target
        self._done = 0
        self._left = np.empty(0, np.uint8)

    def add(self, bits: Octets) -> None:
        """Append zeros and ones."""
        bits = np.concatenate((self._left, bits))
        whole = bits.size // 8 * 8
        self._write(np.packbits(bits[:whole], bitorder="little"))
        self._left = bits[whole:]

    def finish(self) -> None:
        """Write the last byte, if only a part of it has come."""
        self._write(np.packbits(self._left, bitorder="little"))

    def _write(self, data: Octets) -> None:
        part = self._target[self._done : self._done + data.size]
        part[:] = data[: part.size]
        self._done += part.size


def extract(values: Integers, length: int, shape: Shape, *, order: Positions) -> bytearray:
    """Return the message bytes that `layered.embed` wrote.

    Parameters
    ----------
    values : ndarray of integers, shape (n,)
        As many as `shape.lanes` was made for.
    length : int
        Bytes of the message.
    shape : Shape
        Where they are.
    order : ndarray of int64
        From `shape.lanes.order`.

    Raises
    ------
    ValueError
        If so much cannot be in there.
    """
    codes = shape.codes()
    if not 0 <= 8 * (length - shape.direct_bytes) <= shape.coded_bits:
        raise ValueError(f"{length} bytes do not fit the shape")
    runs = shape.lanes.cut(values)
    message = bytearray(length)
    data = np.frombuffer(message, np.uint8)
    if shape.direct:
        _collect(runs, order, shape, data)
    bits = _Bits(data[shape.direct_bytes :])
    lanes = shape.lanes.lanes
    for plane, code in zip(_planes(runs, order, shape), codes, strict=True):
        if code.bits:
            found = syndrome(plane, code)
            together = max(BLOCK // lanes, 1)
            for row in range(0, code.bits, together):
                some = found[row : row + together]
                bits.add(np.unpackbits(some, axis=1, count=lanes, bitorder="little").reshape(-1))
    bits.finish()
    return message


def _collect(runs: Integers, order: Positions, shape: Shape, data: Octets) -> None:
    """Read the planes that are written directly."""
    scratch = np.empty(BLOCK, np.uint8)
    for start in range(0, shape.lanes.size, BLOCK):
        stop = min(start + BLOCK, shape.lanes.size)
        part = shape.lanes.stretch(runs, order, start, stop).astype(np.uint8, copy=False)
        where = slice(start * shape.direct // 8, stop * shape.direct // 8)
        fields.collect(part, shape.direct, data[where], scratch)


def _planes(runs: Integers, order: Positions, shape: Shape) -> list[Octets]:
    """Return the coded planes, the highest first: rows of lanes, packed eight to a byte."""
    lanes, steps = shape.lanes.lanes, shape.lanes.steps
    wanted = [place for place in range(LAYERS) if shape.rows[place]]
    planes = [np.empty((steps if rows else 0, -(-lanes // 8)), np.uint8) for rows in shape.rows]
    together = max(BLOCK // lanes, 1)
    for start in range(0, steps, together):
        stop = min(start + together, steps)
        samples = shape.lanes.stretch(runs, order, start * lanes, stop * lanes)
        rows = samples.reshape(-1, lanes)
        for place in wanted:
            bit = rows.dtype.type(1 << (shape.direct + LAYERS - 1 - place))
            planes[place][start:stop] = np.packbits(rows & bit != 0, axis=1, bitorder="little")
    return planes
