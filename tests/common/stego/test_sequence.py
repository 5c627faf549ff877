"""The sequence passes over what is reserved and over nothing else."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.stego.samples import BLOCK
from underpaint_common.stego.sequence import Sequence

SEQUENCES = st.integers(1, 300).flatmap(
    lambda size: st.builds(
        Sequence.without, st.sets(st.integers(0, size - 1), max_size=size), st.just(size)
    )
)


@given(SEQUENCES)
def test_positions_are_all_but_the_reserved_ones(sequence):
    members = [sequence.position(member) for member in range(len(sequence))]
    assert members == sorted(set(range(sequence.size)) - set(sequence.reserved))


@given(SEQUENCES, st.data())
def test_gather_and_scatter_touch_the_same_samples(sequence, data):
    start = data.draw(st.integers(0, len(sequence)))
    count = data.draw(st.integers(0, len(sequence) - start))
    flat = np.arange(sequence.size, dtype=np.uint16)
    block = np.empty(count, np.uint16)
    sequence.gather(flat, start, block)
    assert block.tolist() == [sequence.position(start + i) for i in range(count)]
    sequence.scatter(block + np.uint16(1000), start, flat)
    changed = np.flatnonzero(flat >= 1000)
    assert changed.tolist() == block.tolist()


def test_blocks_cover_a_length_without_gap_or_overlap():
    sequence = Sequence.without([], 3 * BLOCK)
    blocks = list(sequence.blocks(2 * BLOCK + 8))
    assert [stop - start for start, stop in blocks] == [BLOCK, BLOCK, 8]
    assert [start for start, _ in blocks] == [0, BLOCK, 2 * BLOCK]
