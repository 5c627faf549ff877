"""Unweaving: an extractor written out sample by sample reads the same, whatever the shape."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.stego import fields, unweaving
from underpaint_common.stego.lanes import Lanes
from underpaint_common.stego.layered import Shape
from underpaint_common.stego.samples import BLOCK


def direct_bits(values, planes):
    """Return what low planes bear: fields of 8, 4, 2 or 1 bits, each in bytes of its own."""
    found = [np.empty(0, int)]
    for start in range(0, values.size, BLOCK):
        shift = planes
        for width in fields.widths(planes):
            shift -= width
            field = values[start : start + BLOCK].reshape(8 // width, -1, 1) >> shift
            found.append((field >> np.arange(width) & 1).transpose(1, 0, 2).reshape(-1))
    return found


def bits_of(values, shape, order):
    """Return all bits that values bear, from the definition: no packing, no passes."""
    run = shape.lanes.run
    places = (order[:, :, np.newaxis] * run + np.arange(run)).reshape(shape.lanes.steps, -1)
    matrix = values[places].astype(int)
    found = direct_bits(matrix.reshape(-1), shape.direct)
    for layer, code in enumerate(shape.codes()):
        plane = matrix >> (shape.direct + len(shape.rows) - 1 - layer) & 1
        rows = np.zeros((code.bits + code.height, shape.lanes.lanes), int)
        for block in range(code.bits):
            for step in range(code.edges[block], code.edges[block + 1]):
                for row in range(code.height):
                    if code.columns[step] >> row & 1:
                        rows[block + row] ^= plane[step]
        found.append(rows[: code.bits].reshape(-1))
    return np.concatenate(found)


@settings(deadline=None, max_examples=30)
@given(
    run=st.sampled_from([1, 5]),
    across=st.integers(1, 9),
    steps=st.integers(2, 12).map(lambda eighth: 8 * eighth),
    direct=st.integers(0, 4),
    depth=st.sampled_from([np.uint8, np.uint16]),
    data=st.data(),
)
def test_the_bits_are_those_of_the_definition(stream, run, across, steps, direct, depth, data):
    rows = tuple(data.draw(st.sampled_from([0, 1, steps // 3, steps])) for _ in range(3))
    lanes = Lanes(run, across, steps, across * steps + 2)
    shape = Shape(lanes, 6, direct, rows)
    order = lanes.order(stream(1))
    rng = np.random.default_rng([run, across, steps])
    values = rng.integers(0, np.iinfo(depth).max, lanes.runs * run + 1, depth, endpoint=True)
    bits = bits_of(values, shape, order)
    least = shape.direct_bytes
    length = data.draw(st.integers(least, max(least, bits.size // 8)))
    got = unweaving.extract(values, length, shape, order=order)
    assert bytes(got) == np.packbits(bits[: 8 * length], bitorder="little").tobytes()


def test_blocks_leave_no_seam(stream):
    """More samples than one pass takes, lanes no multiple of eight."""
    lanes = Lanes(5, 27, 2048, 27 * 2048)
    assert lanes.size > BLOCK
    shape = Shape(lanes, 8, 2, (0, 40, 700))
    order = lanes.order(stream(1))
    values = np.random.default_rng(1).integers(0, 256, lanes.size, np.uint8)
    bits = bits_of(values, shape, order)
    length = bits.size // 8
    got = unweaving.extract(values, length, shape, order=order)
    assert bytes(got) == np.packbits(bits[: 8 * length], bitorder="little").tobytes()


@pytest.mark.parametrize("length", [11, 12 + 8 * 4 * 3 // 8 + 1, 1000])
def test_what_cannot_be_in_there_is_refused(stream, length):
    lanes = Lanes(1, 4, 24, 96)
    shape = Shape(lanes, 6, 1, (0, 12, 12))
    assert shape.direct_bytes == 12
    assert shape.coded_bits == 8 * 4 * 3
    with pytest.raises(ValueError, match="do not fit"):
        unweaving.extract(np.zeros(96, np.uint8), length, shape, order=lanes.order(stream(1)))
