"""The detection error of every detector under every condition, over several splits."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from tests.benchmarks.detect.ensemble import SUBSPACES, Matrix, train
from tests.benchmarks.detect.reading import Readings
from tests.benchmarks.detect.splits import Members, Scores, best_threshold, error
from tests.benchmarks.detect.structural import DETECTORS

TRAINED = "trained"
JPEG = "JPEG blocks"


THIRDS = 3

Thirds: TypeAlias = NDArray[np.intp]
"""Of each crop, whether it is among the smoothest (0), the middle or the roughest (2)."""


@dataclass(frozen=True, slots=True)
class Error:
    """A detection error over several splits, on pictures that were not trained on.

    Parameters
    ----------
    mean, deviation : float
        Over the splits.
    thirds : tuple of float
        The mean in each third of the crops by roughness, whatever third trained the detector.
    """

    mean: float
    deviation: float
    thirds: tuple[float, ...] = (math.nan,) * THIRDS

    @classmethod
    def of(cls, errors: Sequence[Sequence[float]]) -> Error:
        """Return mean and deviation of the errors of splits: over all crops, then by thirds."""
        every = np.array(errors)
        deviation = float(every[:, 0].std(ddof=1)) if len(every) > 1 else 0.0
        mean, *thirds = every.mean(axis=0).tolist()
        return cls(mean, deviation, tuple(thirds))


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """How detectors are tried.

    Parameters
    ----------
    halves : sequence of ndarray of bool
        The splits: which crops are trained on.
    thirds : ndarray of int
        Of each crop, its third by roughness.
    seed : int
        Of the trained detector.
    subspaces : sequence of int
        Sizes that the trained detector tries.
    """

    halves: Sequence[Members]
    thirds: Thirds
    seed: int
    subspaces: Sequence[int] = SUBSPACES

    def errors(
        self, covers: Scores, stegos: Scores, threshold: float, unseen: Members
    ) -> list[float]:
        """Return the error over all unseen crops, then in each third, of scores of those crops."""
        parts = [np.ones(covers.size, np.bool_)]
        parts += [self.thirds[unseen] == third for third in range(THIRDS)]
        return [
            error(covers[part], stegos[part], threshold) if part.any() else math.nan
            for part in parts
        ]


def thirds_of(roughnesses: Sequence[float]) -> tuple[Thirds, tuple[float, ...]]:
    """Return each crop's third, and the median roughness of each third."""
    values = np.array(roughnesses)
    thirds = np.argsort(np.argsort(values, kind="stable")) * THIRDS // values.size
    medians = [float(np.median(values[thirds == third])) for third in range(THIRDS)]
    return thirds, tuple(medians)


def judge(readings: Readings, trial: Trial, pool: Executor) -> list[dict[str, Error]]:
    """Return the error of every detector, by its name, condition after condition.

    Parameters
    ----------
    readings : Readings
        Of all crops.
    trial : Trial
        How detectors are tried.
    pool : Executor
        Where one is trained, a condition at a time.
    """
    count = len(readings.features) - 1
    one = functools.partial(trained_error, trial=trial)
    trained = pool.map(one, [readings.features[0]] * count, readings.features[1:])
    judged = []
    for number, found in enumerate(trained, start=1):
        errors = {TRAINED: found}
        for column, name in enumerate(DETECTORS):
            scores = readings.structural[..., column].astype(np.float64)
            errors[name] = scalar_error(scores[0, :, 0], scores[number].T, trial)
        judged.append(errors)
    return judged


def scalar_error(covers: Scores, stegos: NDArray[np.float64], trial: Trial) -> Error:
    """Return the error of a detector that is one number, its threshold set on training pictures.

    Parameters
    ----------
    covers : ndarray of float64, shape (crops,)
        The detector's scores.
    stegos : ndarray of float64, shape (embeddings, crops)
        The same; embeddings count as further splits do.
    trial : Trial
        How it is tried.
    """
    errors = []
    for embedded in stegos:
        for training in trial.halves:
            threshold = best_threshold(covers[training], embedded[training])
            scores = covers[~training], embedded[~training]
            errors.append(trial.errors(*scores, threshold, ~training))
    return Error.of(errors)


def trained_error(covers: Matrix, stegos: Matrix, trial: Trial) -> Error:
    """Return the error of a detector trained on each half, on the other half."""
    errors = []
    for number, training in enumerate(trial.halves):
        rng = np.random.default_rng([trial.seed, number])
        detector = train(covers[training], stegos[training], rng, subspaces=trial.subspaces)
        scores = detector.scores(covers[~training]), detector.scores(stegos[~training])
        errors.append(trial.errors(*scores, detector.threshold, ~training))
    return Error.of(errors)
