"""How many changes go up: possible numbers, balance, and histograms as rough as they were."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.stego.restoring import VALUES, Tally, rising


def tally_of(samples, rate):
    """Return the tally of a picture of which a share changes, all of it equally weighty."""
    changes = np.floor(samples * rate)
    return Tally(samples, changes, (changes,))


def after(tally, shares):
    """Return the histogram once so many went up."""
    ups = tally.changes * shares
    downs = tally.changes - ups
    moved = tally.samples - tally.changes
    moved[:, 1:] += ups[:, :-1]
    moved[:, :-1] += downs[:, 1:]
    return moved


def surplus(tally, shares):
    """Return how many more changes stay within a pair than leave it, in every channel."""
    within = np.where(np.arange(VALUES) % 2 == 0, 2 * shares - 1, 1 - 2 * shares)
    return (within * tally.changes).sum(axis=1)


def roughness(samples):
    return ((samples[:, 1:] - samples[:, :-1]) ** 2 / (samples[:, 1:] + samples[:, :-1])).sum(
        axis=1
    )


@settings(deadline=None)
@given(
    channels=st.integers(1, 4),
    used=st.integers(1, VALUES),
    most=st.sampled_from([1, 30, 100_000]),
    rate=st.floats(0, 0.5),
    seed=st.integers(0, 2**32 - 1),
)
def test_shares_are_possible_whatever_the_histogram(channels, used, most, rate, seed):
    rng = np.random.default_rng(seed)
    samples = np.zeros((channels, VALUES))
    samples[:, rng.permutation(VALUES)[:used]] = rng.integers(0, most, (channels, used))
    shares = rising(tally_of(samples, rate))
    assert shares.shape == samples.shape
    assert shares.min() >= 0
    assert shares.max() <= 1
    assert (shares[:, 0] == 1).all()
    assert (shares[:, -1] == 0).all()


def test_a_smooth_histogram_leaves_it_to_the_lot():
    hill = np.round(5000 * np.sin(np.arange(VALUES) / (VALUES - 1) * np.pi) ** 2)
    shares = rising(tally_of(hill[None], 0.1))[:, 20:-20]
    assert np.abs(shares - 0.5).max() < 0.1


def test_what_ends_must_do_is_made_up_for_elsewhere():
    rng = np.random.default_rng(1)
    samples = rng.poisson(400, (3, VALUES)).astype(float)
    samples[0, 0] = samples[1, -1] = 6000
    tally = tally_of(samples, 0.1)
    lot = np.full(samples.shape, 0.5)
    lot[:, 0], lot[:, -1] = 1, 0
    assert surplus(tally, lot)[:2].min() > 500
    assert np.abs(surplus(tally, rising(tally))).max() < 25


def test_histograms_stay_as_rough_as_they_were():
    rng = np.random.default_rng(2)
    samples = rng.poisson(rng.integers(200, 900, (3, VALUES))).astype(float)
    samples[:, [0, -1]] = 0
    tally = tally_of(samples, 0.2)
    before = roughness(samples)
    by_lot = roughness(after(tally, np.full(samples.shape, 0.5)))
    chosen = roughness(after(tally, rising(tally)))
    assert (by_lot < 0.75 * before).all()
    assert (np.abs(chosen - before) < 0.05 * before).all()
