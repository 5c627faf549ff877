"""The closed form says what the ladder says, which prices every move into every class."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.stego import pair
from underpaint_common.stego.ladder import Ladder, Prices, chosen, difference

LADDER = Ladder(0, 2)
SIZE = 400


def some_values(rng: np.random.Generator, top: int) -> np.ndarray:
    ends = np.array([0, 1, 2, 3, top - 3, top - 2, top - 1, top])
    return np.where(
        rng.random(SIZE) < 0.5, rng.choice(ends, SIZE), rng.integers(0, top + 1, SIZE)
    ).astype(np.int32)


def some_prices(rng: np.random.Generator, kind: str, top: int) -> Prices:
    if kind == "flat":
        return Prices(None, None, 0, top)
    weights = (10 ** rng.uniform(-3, 4, SIZE)).astype(np.float16)
    lean = rng.integers(-1, 2, SIZE).astype(np.int8) if kind == "leaning" else None
    return Prices(weights, weights, 0, top, lean).part(slice(None))


@given(
    seed=st.integers(0, 2**32),
    kind=st.sampled_from(["flat", "texture", "leaning"]),
    top=st.sampled_from([255, 65535]),
    scale=st.floats(1e-3, 50),
)
def test_both_layers_are_priced_as_the_ladder_prices_them(
    seed: int, kind: str, top: int, scale: float
) -> None:
    rng = np.random.default_rng(seed)
    values, prices = some_values(rng, top), some_prices(rng, kind, top)
    energies = LADDER.energies(values, None, prices, scale)
    upper = difference(energies)
    np.testing.assert_allclose(
        pair.dearer(values, prices, scale, None), upper, rtol=1e-5, atol=1e-4
    )
    kinds = rng.integers(0, 2, SIZE, np.uint8)
    lower = difference(chosen(energies, kinds))
    np.testing.assert_allclose(
        pair.dearer(values, prices, scale, kinds), lower, rtol=1e-5, atol=1e-4
    )


@given(
    seed=st.integers(0, 2**32),
    kind=st.sampled_from(["flat", "texture"]),
    top=st.sampled_from([255, 65535]),
)
def test_samples_settle_where_the_ladder_settles_them(seed: int, kind: str, top: int) -> None:
    rng = np.random.default_rng(seed)
    values, prices = some_values(rng, top), some_prices(rng, kind, top)
    kinds, coins = rng.integers(0, 4, SIZE, np.uint8), rng.integers(0, 2, SIZE, np.uint8)
    expected = LADDER.settle(values, None, kinds, prices, coins)
    found = pair.settle(values, kinds, prices, coins)
    assert np.array_equal(found, expected)
    assert np.array_equal(found & 3, kinds)


@pytest.mark.parametrize("top", [255, 65535])
def test_no_sample_leaves_its_range_or_goes_far(top: int) -> None:
    values = np.repeat(np.array([0, 1, top - 1, top], np.int32), 8)
    kinds, coins = np.tile(np.arange(4, dtype=np.uint8), 8), np.repeat([0, 1, 0, 1], 8)
    found = pair.settle(values, kinds, Prices(None, None, 0, top), coins.astype(np.uint8))
    assert found.min() >= 0
    assert found.max() <= top
    assert np.abs(found - values).max() <= 3
