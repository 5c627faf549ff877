"""Training and test, and the one number that all detectors are judged by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Scores: TypeAlias = NDArray[np.float64]
"""One number a picture, greater for what looks more like a stego image."""

Members: TypeAlias = NDArray[np.bool_]
"""One truth a picture: whether it is trained on."""


def splits(photos: Sequence[str], count: int, seed: int) -> tuple[Members, ...]:
    """Return random halves of the photographs to train on, as a mask over the crops.

    Parameters
    ----------
    photos : sequence of str
        The photograph of each crop; all its crops go to the same side.
    count : int
        How many splits.
    seed : int
        Which ones.
    """
    names, photo = np.unique(np.asarray(photos), return_inverse=True)
    found = []
    for number in range(count):
        order = np.random.default_rng([seed, number]).permutation(names.size)
        training = np.zeros(names.size, np.bool_)
        training[order[: names.size // 2]] = True
        found.append(training[photo])
    return tuple(found)


def best_threshold(covers: Scores, stegos: Scores) -> float:
    """Return the score above which a picture is best called stego, on these pictures."""
    scores = np.concatenate((covers, stegos))
    order = np.argsort(scores, kind="stable")
    values = scores[order]
    is_cover = order < covers.size
    false_alarms = 1 - np.cumsum(is_cover) / covers.size
    misses = np.cumsum(~is_cover) / stegos.size
    errors = np.concatenate(([0.5], (false_alarms + misses) / 2))
    # Between equal scores no threshold can lie.
    possible = np.concatenate(([True], np.diff(values) > 0, [True]))
    best = int(np.argmin(np.where(possible, errors, np.inf)))
    return float(np.nextafter(values[0], -np.inf)) if best == 0 else float(values[best - 1])


def error(covers: Scores, stegos: Scores, threshold: float) -> float:
    """Return the detection error: (false alarms + misses) / 2, 0 to 1, where 0.5 is a coin."""
    false_alarms = np.count_nonzero(covers > threshold) / covers.size
    misses = np.count_nonzero(stegos <= threshold) / stegos.size
    return float(false_alarms + misses) / 2
