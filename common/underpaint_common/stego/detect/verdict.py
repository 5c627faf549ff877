"""What the readings of all detectors amount to.

The bounds come from untouched pictures: over 24 Kodak scans the share read is 0.02 at the median,
0.08 at the ninth decile and 0.15 at most; over eight camera photographs it is 0.03 at most, and
chi-square sees a beginning in none of them. Replacement in a tenth of the samples of a camera
photograph reads 0.10 to 0.13. Very small or synthetic pictures stray further.
"""

from __future__ import annotations

import enum
import statistics
from collections.abc import Sequence

from underpaint_common.stego.detect.readings import Readings

UNCLEAR_FROM, PAYLOAD_FROM = 0.05, 0.15
"""Shares of samples; between them a noisy picture and a small payload read alike."""

RISE_UNCLEAR_FROM, RISE_PAYLOAD_FROM = 0.02, 0.05
"""The same over the cover's own readings, where the cover is known."""

BEGINNING_FROM = 0.25
"""Share of the picture that chi-square must take for full to be believed."""


class Finding(enum.StrEnum):
    """What the classical detectors take a picture for."""

    NOTHING = "nothing"
    UNCLEAR = "unclear"
    PAYLOAD = "payload"


def payload_share(readings: Sequence[Readings]) -> float:
    """Return the share of samples that is taken to bear payload by replacement, 0 to 1.

    Of each channel the middle one of the three estimates, so that no single detector's weakness
    speaks for all; averaged over the channels.
    """
    return statistics.fmean(
        statistics.median((each.rs, each.sample_pairs, each.weighted_stego)) for each in readings
    )


def beginning_share(readings: Sequence[Readings]) -> float:
    """Return the share of the picture, from its first row on, that chi-square takes to be full."""
    return statistics.fmean(each.beginning for each in readings)


def judge(readings: Sequence[Readings], cover: Sequence[Readings] | None = None) -> Finding:
    """Return what the readings of a picture amount to.

    Parameters
    ----------
    readings : sequence of Readings
        One for each channel.
    cover : sequence of Readings, optional
        Those of the cover, where it is known: then what counts is what embedding added.
    """
    share, beginning = payload_share(readings), beginning_share(readings)
    unclear, payload = UNCLEAR_FROM, PAYLOAD_FROM
    if cover is not None:
        share -= payload_share(cover)
        beginning -= beginning_share(cover)
        unclear, payload = RISE_UNCLEAR_FROM, RISE_PAYLOAD_FROM
    if share >= payload or beginning >= BEGINNING_FROM:
        return Finding.PAYLOAD
    return Finding.UNCLEAR if share >= unclear else Finding.NOTHING
