"""All four detectors over a picture at once."""

from __future__ import annotations

from dataclasses import dataclass

from underpaint_common.stego.detect.chi_square import chi_square_prefixes, embedded_beginning
from underpaint_common.stego.detect.rs import rs
from underpaint_common.stego.detect.sample_pairs import sample_pairs
from underpaint_common.stego.detect.weighted_stego import weighted_stego
from underpaint_common.stego.samples import Samples

LEAST_SIDE = 3
"""Pixels that a picture must have in height and in width to be read by every detector."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What the detectors read in one channel.

    Attributes
    ----------
    prefixes : tuple of float
        Chi-square for growing beginnings of the channel, as `chi_square_prefixes` returns it.
    rs, sample_pairs, weighted_stego : float
        Estimated share of samples that bear payload by replacement, 0 to 1.
    """

    prefixes: tuple[float, ...]
    rs: float
    sample_pairs: float
    weighted_stego: float

    @property
    def chi_square(self) -> float:
        """Probability that every sample bears payload by replacement, 0 to 1."""
        return self.prefixes[-1]

    @property
    def beginning(self) -> float:
        """Share of the channel, from its first row on, that chi-square takes to be full."""
        return embedded_beginning(self.prefixes)


def read_channels(samples: Samples) -> tuple[Readings, ...]:
    """Return what every detector reads in every channel.

    Twelve megapixels RGB take less than a second and, beside the samples, a megabyte. Threads
    would not help: calls on tiles are too short to overlap.

    Parameters
    ----------
    samples : ndarray of uint8 or uint16, shape (height, width, channels)
        At least 3 pixels each way. Alpha is left out by the caller.

    Raises
    ------
    ValueError
        If the samples have another shape, or are too few.
    """
    if samples.ndim != 3 or min(samples.shape[:2]) < LEAST_SIDE:
        raise ValueError(f"samples of shape (height, width, channels), {LEAST_SIDE} each way")
    return tuple(_read(samples[:, :, channel]) for channel in range(samples.shape[2]))


def _read(channel: Samples) -> Readings:
    return Readings(
        chi_square_prefixes(channel), rs(channel), sample_pairs(channel), weighted_stego(channel)
    )
