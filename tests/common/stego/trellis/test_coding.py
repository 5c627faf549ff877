"""The trellis: its flips bear the message, are the best there are, and the same in both engines."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.stego.trellis.code import Code, is_possible
from underpaint_common.stego.trellis.coding import Engine, flips
from underpaint_common.stego.trellis.columns import HEIGHTS, MAX_WIDTH
from underpaint_common.stego.trellis.metrics import HIGHEST
from underpaint_common.stego.trellis.syndrome import syndrome


def found(costs, target, code, engine):
    """Return the flips that an engine finds."""
    work = np.empty(engine.work_bytes(code.height, code.steps, costs.shape[1]), np.uint8)
    return flips(costs, target, code, engine, work)


@settings(deadline=None, max_examples=60)
@given(
    height=st.sampled_from([6, 8, 10]),
    bits=st.integers(1, 60),
    width=st.floats(1, 40),
    lanes=st.integers(1, 70),
    statistics=st.sampled_from(["any", "flat", "dear", "free", "wet"]),
    seed=st.integers(0, 2**32 - 1),
)
def test_both_engines_find_the_same_flips_and_they_bear_the_message(
    height, bits, width, lanes, statistics, seed
):
    rng = np.random.default_rng(seed)
    steps = int(bits * width)
    costs = {
        "any": rng.integers(0, HIGHEST + 1, (steps, lanes)),
        "flat": np.full((steps, lanes), 300),
        "dear": np.full((steps, lanes), HIGHEST),
        "free": np.zeros((steps, lanes)),
        "wet": np.where(rng.random((steps, lanes)) < 0.7, HIGHEST, 5),
    }[statistics].astype(np.uint16)
    target = rng.integers(0, 2, (bits, lanes), np.uint8)
    code = Code.of(height, steps, bits)
    one = found(costs, target, code, Engine.NUMPY)
    assert np.array_equal(one, found(costs, target, code, Engine.NUMBA))
    assert np.array_equal(syndrome(one, code), target)
    assert set(np.unique(one)) <= {0, 1}


@pytest.mark.parametrize(("steps", "bits"), [(12, 4), (11, 6), (12, 9), (10, 1), (9, 9)])
def test_no_other_flips_would_be_cheaper(steps, bits):
    rng = np.random.default_rng([steps, bits])
    code = Code.of(6, steps, bits)
    costs = rng.integers(1, HIGHEST, (steps, 24)).astype(np.uint16)
    target = rng.integers(0, 2, (bits, 24), np.uint8)
    every = np.array(list(itertools.product((0, 1), repeat=steps)), np.uint8).T
    bears = syndrome(every, code)
    least = [
        (costs[:, lane].astype(int) @ every[:, (bears == target[:, [lane]]).all(axis=0)]).min()
        for lane in range(24)
    ]
    got = (found(costs, target, code, Engine.NUMPY) * costs.astype(int)).sum(axis=0)
    assert got.tolist() == least


def test_long_lanes_at_a_rate_near_one_stay_possible():
    rng = np.random.default_rng(1)
    code = Code.of(8, 4000, 3900)
    costs = rng.integers(0, HIGHEST + 1, (4000, 8)).astype(np.uint16)
    target = rng.integers(0, 2, (3900, 8), np.uint8)
    for engine in Engine:
        assert np.array_equal(syndrome(found(costs, target, code, engine), code), target)


@pytest.mark.parametrize("height", HEIGHTS)
def test_more_effort_changes_less(height):
    rng = np.random.default_rng(2)
    code = Code.of(height, 2000, 200)
    costs = np.full((2000, 16), 200, np.uint16)
    target = rng.integers(0, 2, (200, 16), np.uint8)
    changed = found(costs, target, code, Engine.NUMPY).mean()
    assert changed < {6: 0.0220, 8: 0.0195, 10: 0.0185, 12: 0.0180}[height]


@given(st.integers(0, 5000), st.integers(0, 200))
def test_what_is_possible_has_a_code_and_nothing_else_has(steps, bits):
    if is_possible(steps, bits):
        code = Code.of(6, steps, bits)
        assert code.columns.size == (steps if bits else 0)
        assert np.diff(code.edges).max(initial=1) <= MAX_WIDTH
    else:
        with pytest.raises(ValueError, match="no code"):
            Code.of(6, steps, bits)


def test_lanes_can_be_decoded_packed():
    rng = np.random.default_rng(3)
    code = Code.of(8, 400, 37)
    bits = rng.integers(0, 2, (400, 24), np.uint8)
    packed = syndrome(np.packbits(bits, axis=1), code)
    assert np.array_equal(np.unpackbits(packed, axis=1), syndrome(bits, code))


@pytest.mark.parametrize("error", ["ImportError('Numba needs NumPy 2.3 or less')", "OSError()"])
def test_a_numba_that_cannot_be_loaded_is_left_out(tmp_path, error):
    (tmp_path / "numba.py").write_text(f"raise {error}")
    best = "from underpaint_common.stego.trellis.coding import Engine; print(Engine.best(1 << 40))"
    python = [sys.executable, "-c", best]
    done = subprocess.run(
        python, env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True, check=True
    )
    assert done.stdout.strip() == b"Engine.NUMPY"
