"""Windows: the agreed flips bear the target, and the walk back finds the ways that led there."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.stego.trellis import windows
from underpaint_common.stego.trellis.code import Code
from underpaint_common.stego.trellis.syndrome import syndrome

codes = st.builds(
    lambda height, bits, more: Code.of(height, bits + more, bits),
    st.sampled_from([6, 8]),
    st.integers(1, 60),
    st.integers(0, 60),
)


@given(codes, st.integers(0, 2**32 - 1))
def test_agreed_flips_bear_the_target(code, seed):
    target = np.random.default_rng(seed).integers(0, 2, (code.bits, 5), np.uint8)
    flips = np.zeros((code.steps, 5), np.uint8)
    flips[code.edges[1:] - 1] = windows.agreed(target, code)
    assert np.array_equal(syndrome(flips, code), target)


@settings(deadline=None)
@given(codes, st.integers(0, 2**32 - 1))
def test_the_walk_back_follows_the_ways_of_the_states_it_meets(code, seed):
    """One path is kept in an array of noise; its states are those that a walk forward meets."""
    rng = np.random.default_rng(seed)
    flips = rng.integers(0, 2, (code.steps, 3), np.uint8)
    agreed = windows.agreed(syndrome(flips, code), code)
    total = windows.count(code.steps)
    kept = rng.integers(0, 1 << 16, (total, 2, 1 << (code.height - 1), 3)).astype(np.uint16)
    for lane in range(3):
        state, way, block = 0, 0, 0
        for step, flip in enumerate(flips[:, lane].tolist()):
            ends = step + 1 == code.edges[block + 1]
            way |= flip << (step % windows.WINDOW)
            if flip ^ (ends and int(agreed[block, lane])):
                state ^= int(code.columns[step])
            if ends:
                assert state % 2 == 0
                state, block = state >> 1, block + 1
            if step % windows.WINDOW == windows.WINDOW - 1 or step + 1 == code.steps:
                kept[step // windows.WINDOW, state & 1, state >> 1, lane], way = way, 0
    back = windows.Backward(agreed, code)
    for first, last in ((total // 2, total), (0, total // 2)):
        back.over(range(first, last), kept[first:last])
    assert np.array_equal(back.flips(), flips)
