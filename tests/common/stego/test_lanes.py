"""Lanes: every sample in at most one place, pieces that cover the matrix, shapes for good."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from underpaint_common.stego.lanes import LONG_HEIGHT, LONG_STEPS, MOST_RUNS, STEPS, Lanes


@pytest.mark.parametrize(
    ("count", "bits", "height", "shape"),
    [
        (0, None, 8, (1, 1, 0, 0)),
        (100, None, 10, (1, 1, 96, 100)),
        (49_152, None, 10, (1, 6, 8192, 49_152)),
        (49_152, 8, 10, (1, 6, 8192, 49_152)),
        (1_179_000, 147_375, 10, (5, 28, 8416, 235_800)),
        (1_179_000, 147_374, 10, (5, 9, 26_200, 235_800)),
        (1_179_000, 147_374, 8, (5, 28, 8416, 235_800)),
        (1_179_000, 147_374, 12, (5, 28, 8416, 235_800)),
        (36_000_000, None, 10, (139, 31, 8352, 258_992)),
        (36_000_000, 8, 10, (139, 10, 25_896, 258_992)),
    ],
)
def test_shapes_are_part_of_the_format(count, bits, height, shape):
    lanes = Lanes.of(count, bits, height)
    assert (lanes.run, lanes.across, lanes.steps, lanes.runs) == shape


@example(362_881, 40, 10)  # the longest that there are
@given(st.integers(8, 10**8), st.none() | st.integers(0, 10**8), st.sampled_from([6, 8, 10, 12]))
def test_few_samples_are_left_out(count, bits, height):
    lanes = Lanes.of(count, bits, height)
    assert lanes.size <= count
    assert count - lanes.size <= max(count / 200, 8 * lanes.run + 8)
    assert lanes.run == 1 or (lanes.run % 2 and lanes.run % 3)
    assert lanes.runs <= MOST_RUNS
    assert lanes.steps % 8 == 0
    aim = LONG_STEPS if height == LONG_HEIGHT else STEPS
    assert lanes.steps < max(4 * STEPS, 3 * aim // 2) + 8


@settings(deadline=None)
@given(
    count=st.integers(200, 40_000),
    run=st.integers(1, 5),
    most=st.integers(1, 40),
    turns=st.integers(1, 4),
    seed=st.integers(0, 99),
)
def test_pieces_are_the_matrix_and_go_back(stream, count, run, most, turns, seed):
    whole = Lanes.of(count)
    runs = count // run
    across = max(runs // 50, 1)
    lanes = Lanes(run, across, max(runs // across // 8 * 8, 0), runs)
    order = lanes.order(stream(seed))
    values = np.arange(count, dtype=np.int64)
    cut = lanes.cut(values)
    matrix = lanes.stretch(cut, order, 0, lanes.size).reshape(lanes.steps, lanes.lanes)
    assert np.unique(matrix).size == lanes.size
    split = lanes.split(matrix.copy())
    pieces = [piece for turn in range(turns) for piece in lanes.pieces(most, turn, turns)]
    assert sum(piece.of(split).shape[1] for piece in pieces) == lanes.lanes
    for piece in pieces:
        part = piece.gather(cut, order)
        assert part.shape[1] <= most
        assert np.array_equal(part, piece.of(split))
        piece.scatter(-part, cut, order)
    changed = -np.sort(values[values < 0])[::-1]
    assert np.array_equal(changed, np.sort(matrix[matrix > 0]))
    assert whole.size <= count
    start, stop = sorted((lanes.size // 3, lanes.size // 2))
    again = lanes.stretch(-cut, order, start, stop)
    assert np.array_equal(again, matrix.reshape(-1)[start:stop])


@pytest.mark.parametrize("count", [1_179_000, 36_000_000])
def test_samples_of_a_run_and_their_next_take_different_turns(count):
    lanes = Lanes.of(count)
    turn_of = np.full(lanes.run, -1)
    for turn in range(3):
        for piece in lanes.pieces(448, turn, 3):
            turn_of[piece.samples] = turn
    assert (np.diff(turn_of) != 0).all()
    assert np.ptp(np.bincount(turn_of, minlength=3)) <= 1
