"""All four detectors over a picture at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from underpaint_common.stego.detect.chi_square import chi_square_prefixes, embedded_beginning
from underpaint_common.stego.detect.rs import rs
from underpaint_common.stego.detect.sample_pairs import sample_pairs
from underpaint_common.stego.detect.weighted_stego import weighted_stego
from underpaint_common.stego.samples import Samples

LEAST_SIDE = 3
"""Pixels that a picture must have in height and in width to be read by every detector."""

_WORKERS = 2


@dataclass(frozen=True, slots=True)
class Readings:
    """What the detectors read in one channel.

    Attributes
    ----------
    chi_square : float
        Probability that every sample bears payload by replacement, 0 to 1.
    beginning : float
        Share of the channel, from its first row on, that the same test takes to be full.
    rs, sample_pairs, weighted_stego : float
        Estimated share of samples that bear payload by replacement, 0 to 1.
    """

    chi_square: float
    beginning: float
    rs: float
    sample_pairs: float
    weighted_stego: float


def read_channels(samples: Samples, *, workers: int = _WORKERS) -> tuple[Readings, ...]:
    """Return what every detector reads in every channel.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16, shape (height, width, channels)
        At least 3 pixels each way. Alpha is left out by the caller.
    workers : int
        Threads to use; each takes about 4 MB for work.

    Raises
    ------
    ValueError
        If the samples have another shape, or are too few.
    """
    if samples.ndim != 3 or min(samples.shape[:2]) < LEAST_SIDE:
        raise ValueError(f"samples of shape (height, width, channels), {LEAST_SIDE} each way")
    channels = [samples[:, :, channel] for channel in range(samples.shape[2])]
    detectors: tuple[Callable[[Samples], float], ...] = (rs, sample_pairs, weighted_stego)
    with ThreadPoolExecutor(workers) as pool:
        prefixes = [pool.submit(chi_square_prefixes, channel) for channel in channels]
        rates = [[pool.submit(read, channel) for read in detectors] for channel in channels]
        return tuple(
            Readings(
                test.result()[-1],
                embedded_beginning(test.result()),
                *(rate.result() for rate in row),
            )
            for test, row in zip(prefixes, rates, strict=True)
        )
