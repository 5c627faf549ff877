"""The trained detector finds what is there, and nothing where nothing is."""

from __future__ import annotations

import numpy as np
from tests.benchmarks.detect.ensemble import train
from tests.benchmarks.detect.splits import error

PAIRS, FEATURES, SUBSPACES = 200, 120, (20, 60)


def clouds(shift: float) -> np.ndarray:
    """Return pairs of Gaussian points, training and test, the second of each pair shifted."""
    rng = np.random.default_rng(1)
    points = rng.normal(0, 1, (2, 2, PAIRS, FEATURES)).astype(np.float32)
    points[:, 1] += np.float32(shift) * rng.normal(0, 1, FEATURES).astype(np.float32)
    return points


def test_two_clouds_are_told_apart():
    training, test = clouds(0.3)
    detector = train(*training, np.random.default_rng(1), subspaces=SUBSPACES)
    assert error(*map(detector.scores, test), detector.threshold) < 0.15


def test_two_alike_are_a_coin_within_what_chance_allows():
    training, test = clouds(0)
    detector = train(*training, np.random.default_rng(1), subspaces=SUBSPACES)
    found = error(*map(detector.scores, test), detector.threshold)
    assert abs(found - 0.5) < 4 * np.sqrt(0.25 / (2 * PAIRS))


def test_training_can_be_repeated_and_sees_training_pictures_alone():
    training, test = clouds(0.2)
    one, again = (
        train(*training, np.random.default_rng(7), subspaces=SUBSPACES, learners=9)
        for _ in range(2)
    )
    assert np.array_equal(one.scores(test[0]), again.scores(test[0]))
    assert one.threshold == again.threshold


def test_features_that_never_vary_do_no_harm():
    training, test = clouds(0.3)
    training[..., :60], test[..., :60] = 5, 5
    detector = train(*training, np.random.default_rng(1), subspaces=SUBSPACES)
    assert error(*map(detector.scores, test), detector.threshold) < 0.3
