"""A trained detector: many Fisher linear discriminants on random subspaces, which vote.

After Kodovsky, Fridrich and Holub (Ensemble classifiers for steganalysis of digital media, 2012):
each discriminant sees a random part of the features and a bootstrap sample of the training
pairs; what it did not see tells, without any test picture, how large the part should be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tests.benchmarks.detect.splits import Scores, best_threshold, error

Matrix = NDArray[np.float32]
"""Features, one picture a row."""

LEARNERS = 60
SUBSPACES = (40, 80, 160, 320)
RIDGE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class _Learner:
    """One discriminant: the features it looks at, their weights, and its threshold."""

    columns: NDArray[np.int64]
    weights: NDArray[np.float32]
    threshold: float

    def votes(self, features: Matrix) -> Scores:
        """Return 1 for each picture that looks like a stego image, else -1."""
        return np.where(self._project(features) > self.threshold, 1.0, -1.0)

    def _project(self, features: Matrix) -> Scores:
        return np.asarray(features[:, self.columns] @ self.weights, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Ensemble:
    """A trained detector.

    Parameters
    ----------
    mean, scale : ndarray
        Of the training covers' features.
    learners : tuple
        Who votes.
    subspace : int
        How many features each of them looks at.
    threshold : float
        Set on training pictures, each judged only by learners that had not seen it.
    """

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    learners: tuple[_Learner, ...]
    subspace: int
    threshold: float

    def scores(self, features: Matrix) -> Scores:
        """Return the mean vote on each picture, -1 to 1."""
        even = (features - self.mean) / self.scale
        votes = sum((each.votes(even) for each in self.learners), np.zeros(len(features)))
        return np.asarray(votes / len(self.learners), np.float64)


def train(
    covers: Matrix,
    stegos: Matrix,
    rng: np.random.Generator,
    *,
    subspaces: Sequence[int] = SUBSPACES,
    learners: int = LEARNERS,
) -> Ensemble:
    """Train on pairs: row i of both is the same picture without and with a payload.

    Parameters
    ----------
    covers, stegos : ndarray of float32, shape (pairs, features)
        Training pictures alone.
    rng : Generator
        Chooses features and pairs.
    subspaces : sequence of int
        Sizes to try; that with the least error on pairs not seen is taken.
    learners : int
        How many discriminants.
    """
    mean, scale = covers.mean(axis=0), covers.std(axis=0) + np.float32(1e-9)
    covers, stegos = (covers - mean) / scale, (stegos - mean) / scale
    best: tuple[float, Ensemble] | None = None
    for subspace in subspaces:
        size = min(subspace, covers.shape[1])
        trained, votes = _train_learners(covers, stegos, size, learners, rng)
        threshold = best_threshold(*votes)
        found = error(*votes, threshold)
        if best is None or found < best[0]:
            best = found, Ensemble(mean, scale, tuple(trained), size, threshold)
    if best is None:
        raise ValueError("no subspace to try")
    return best[1]


def _train_learners(
    covers: Matrix, stegos: Matrix, size: int, count: int, rng: np.random.Generator
) -> tuple[list[_Learner], tuple[Scores, Scores]]:
    """Return learners, and what they say of covers and stego images that they had not seen."""
    pairs = len(covers)
    learners, seen = [], np.zeros(pairs)
    votes = np.zeros((2, pairs))
    for _ in range(count):
        columns = rng.choice(covers.shape[1], size, replace=False)
        bag = rng.integers(0, pairs, pairs)
        learner = _discriminant(covers[bag][:, columns], stegos[bag][:, columns], columns)
        unseen = np.ones(pairs, np.bool_)
        unseen[bag] = False
        votes[0, unseen] += learner.votes(covers[unseen])
        votes[1, unseen] += learner.votes(stegos[unseen])
        seen += unseen
        learners.append(learner)
    votes /= np.maximum(seen, 1)
    return learners, (votes[0], votes[1])


def _discriminant(covers: Matrix, stegos: Matrix, columns: NDArray[np.int64]) -> _Learner:
    """Return Fisher's discriminant of two clouds, its diagonal a little raised."""
    between = stegos.mean(axis=0) - covers.mean(axis=0)
    within = _scatter(covers) + _scatter(stegos)
    within[np.diag_indices_from(within)] += RIDGE * within.trace() / len(within)
    weights = np.linalg.solve(within, between)
    threshold = best_threshold(
        np.asarray(covers @ weights, np.float64), np.asarray(stegos @ weights, np.float64)
    )
    return _Learner(columns, weights, threshold)


def _scatter(cloud: Matrix) -> Matrix:
    centred = cloud - cloud.mean(axis=0)
    scatter: Matrix = centred.T @ centred / np.float32(max(len(cloud) - 1, 1))
    return scatter
