"""Every crop under every condition, read once: the long part, spread over the cores."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from tests.benchmarks.detect.cache import Cache
from tests.benchmarks.detect.crops import Colour, Crop
from tests.benchmarks.detect.jpeg_trace import changed_blocks, recompressed
from tests.benchmarks.detect.methods import Condition
from tests.benchmarks.detect.structural import DETECTORS, structural_scores

_PROGRESS_EVERY = 50

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is read.

    Parameters
    ----------
    colour : Colour
        In which colours.
    conditions : tuple of Condition
        In which ways embedded; covers are read in any case.
    seed : int
        Decides payloads and keys.
    cache : Path
        Where features are kept.
    embeddings : int
        How often, with other payloads and keys each time: the structural detectors read all, the
        trained one the first.
    """

    colour: Colour
    conditions: tuple[Condition, ...]
    seed: int
    cache: Path
    embeddings: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What was read: first axis covers then the plan's conditions, second axis crops.

    Parameters
    ----------
    structural : ndarray of float32, last axes embeddings and the structural detectors
        Their scores.
    features : ndarray of float32, last axis features
        The rich model's.
    """

    structural: NDArray[np.float32]
    features: NDArray[np.float32]


def read_all(plan: Plan, crops: Sequence[Crop], pool: Executor) -> Readings:
    """Return the readings of all crops under a plan."""
    tasks = pool.map(_read_crop, [plan] * len(crops), crops, chunksize=2)
    whole: NDArray[np.float32] | None = None
    for number, reading in enumerate(_told(tasks, len(crops), f"{plan.colour}: crops read")):
        if whole is None:
            whole = np.empty((len(reading), len(crops), reading.shape[1]), np.float32)
        whole[:, number] = reading
    if whole is None:
        raise ValueError("no crops to read")
    scores = plan.embeddings * len(DETECTORS)
    shape = *whole.shape[:2], plan.embeddings, len(DETECTORS)
    return Readings(whole[:, :, :scores].reshape(shape), whole[:, :, scores:])


def read_jpeg(
    plan: Plan, crops: Sequence[Crop], quality: int, pool: Executor
) -> NDArray[np.float64]:
    """Return the share of blocks that change, shaped as `Readings`, of covers decoded from JPEG."""
    tasks = pool.map(_read_decoded, [plan] * len(crops), crops, [quality] * len(crops), chunksize=2)
    label = f"{plan.colour}: covers of JPEG quality {quality} read"
    return np.array(list(_told(tasks, len(crops), label))).T


def _read_crop(plan: Plan, crop: Crop) -> NDArray[np.float32]:
    cover, cache = crop.samples(plan.colour), Cache(plan.cache)
    features, scores = [], []
    for number in range(plan.embeddings):
        pictures = list(_pictures(plan, cover, plan.seed + number))
        scores.append([structural_scores(each) for each in pictures])
        features = features or [cache.features(each) for each in pictures]
    structural = np.asarray(scores, np.float32).transpose(1, 0, 2)
    return np.hstack((structural.reshape(len(features), -1), np.stack(features)))


def _read_decoded(plan: Plan, crop: Crop, quality: int) -> list[float]:
    cover = recompressed(crop.samples(plan.colour), quality)
    return [changed_blocks(each, quality) for each in _pictures(plan, cover, plan.seed)]


def _pictures(plan: Plan, cover: NDArray[np.uint8], seed: int) -> Iterator[NDArray[np.uint8]]:
    """Yield the cover and what every condition makes of it."""
    yield cover
    yield from (each.embed(cover, seed) for each in plan.conditions)


def _told(results: Iterator[Result], count: int, what: str) -> Iterator[Result]:
    """Yield results as they come, and say on stderr how many there were."""
    for number, result in enumerate(results, start=1):
        yield result
        if number % _PROGRESS_EVERY == 0 or number == count:
            print(f"{what}: {number} of {count}", file=sys.stderr, flush=True)
