"""Moves and prices: the cheapest value of every class in range, bits priced by the chain rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.stego.ladder import Ladder, Prices, chosen, difference


@given(
    direct=st.integers(0, 5),
    layers=st.sampled_from([2, 3]),
    value=st.integers(0, 255),
    seed=st.integers(0, 999),
)
def test_the_cheapest_value_in_range_is_taken(direct, layers, value, seed):
    rng = np.random.default_rng(seed)
    ladder = Ladder(direct, layers)
    values = np.full(1, value, np.int32)
    low = rng.integers(0, 1 << direct, 1, np.uint8) if direct else None
    kind = rng.integers(0, ladder.classes, 1, np.uint8)
    prices = Prices(None, None, 0, 255)
    taken = ladder.settle(values, low, kind, prices, rng.integers(0, 2, 1, np.uint8))
    wanted = int(kind[0]) << direct | (0 if low is None else int(low[0]))
    modulus = ladder.classes << direct
    fitting = [each for each in range(256) if each % modulus == wanted]
    assert int(taken[0]) in fitting
    best = min((each - value) ** 2 for each in fitting)
    assert (int(taken[0]) - value) ** 2 == best
    energy = ladder.energies(values, low, prices, 1.0)[int(kind[0])]
    assert float(energy[0]) == pytest.approx(best)


@pytest.mark.parametrize(("up", "down", "energy"), [(50, 1, 1), (1, 50, 50)])
def test_a_longer_way_round_never_stands_in_for_a_dear_step(up, down, energy):
    values = np.full(4, 100, np.int32)
    prices = Prices(np.full(4, up, np.float32), np.full(4, down, np.float32), 0, 255)
    kinds = np.full(4, (100 - 1) % 4, np.uint8)
    taken = Ladder(0, 2).settle(values, None, kinds, prices, np.ones(4, np.uint8))
    assert taken.tolist() == [99] * 4
    assert Ladder(0, 2).energies(values, None, prices, 1.0)[99 % 4].tolist() == [energy] * 4


@pytest.mark.parametrize("lean", [-1, 0, 1])
def test_to_follow_what_a_sample_leans_to_is_cheaper(lean):
    values, costs = np.full(1, 100, np.int32), np.full(1, 7, np.float16)
    prices = Prices(costs, costs, 0, 255, np.full(1, lean, np.int8)).part(slice(None))
    energies = Ladder(0, 2).energies(values, None, prices, 1.0)
    up, down = float(energies[101 % 4][0]), float(energies[99 % 4][0])
    assert np.sign(down - up) == lean
    assert energies[100 % 4].tolist() == [0]
    assert min(up, down) < 7 or lean == 0


def test_the_differences_of_all_layers_are_the_joint_probability():
    rng = np.random.default_rng(1)
    energies = [rng.random(6).astype(np.float32) * 5 for _ in range(8)]
    joint = np.exp(-np.stack(energies).astype(np.float64))
    joint /= joint.sum(axis=0)
    for kind in range(8):
        probability, left = np.ones(6), energies
        for place in (2, 1, 0):
            bit = kind >> place & 1
            dearer = difference(left).astype(np.float64)
            probability *= 1 / (1 + np.exp(dearer if bit else -dearer))
            left = chosen(left, np.full(6, bit, np.uint8))
        assert probability == pytest.approx(joint[kind], rel=1e-4)
