"""The classical detectors as scores of whole pictures: the mean over the colour channels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.detect.chi_square import chi_square_prefixes
from underpaint_common.stego.detect.rs import rs
from underpaint_common.stego.detect.sample_pairs import sample_pairs
from underpaint_common.stego.detect.weighted_stego import weighted_stego
from underpaint_common.stego.samples import Samples

Detector: TypeAlias = Callable[[Samples], float]


def beginnings(channel: Samples) -> float:
    """Return how probable embedding is by chi-square, on average over growing beginnings."""
    return float(np.mean(chi_square_prefixes(channel)))


DETECTORS: dict[str, Detector] = {
    "chi-square": beginnings,
    "RS": partial(rs, bounded=False),
    "sample pairs": partial(sample_pairs, bounded=False),
    "weighted stego": partial(weighted_stego, bounded=False),
}
"""Estimates as they fall, below 0 too: what is cut off cannot be told apart by a threshold."""


def structural_scores(samples: NDArray[np.uint8]) -> list[float]:
    """Return what each of `DETECTORS` reads, in their order; more looks more like replacement."""
    channels = [np.ascontiguousarray(samples[:, :, each]) for each in range(samples.shape[2])]
    return [float(np.mean([read(each) for each in channels])) for read in DETECTORS.values()]
