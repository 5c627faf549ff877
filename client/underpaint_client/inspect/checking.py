"""`hide --check`: what the classical detectors say of a stego image before it leaves the house."""

from __future__ import annotations

from dataclasses import dataclass

from underpaint_client.inspect.meaning import percent
from underpaint_common.pictures import Picture
from underpaint_common.stego.detect.readings import LEAST_SIDE, read_channels
from underpaint_common.stego.detect.verdict import (
    BEGINNING_FROM,
    Finding,
    beginning_share,
    judge,
    payload_share,
)


@dataclass(frozen=True, slots=True)
class Check:
    """What the detectors read in a stego image, beside its cover.

    Attributes
    ----------
    finding : Finding
        What it amounts to.
    share, cover_share : float
        Of the samples, read as payload by the estimators together, 0 to 1.
    beginning : float
        Share of the picture, from its first row on, that chi-square takes to be full.
    """

    finding: Finding
    share: float
    cover_share: float
    beginning: float

    @property
    def sentence(self) -> str:
        """What to tell the user: a warning unless the finding is nothing."""
        both = f"{percent(self.share)} of the samples, {percent(self.cover_share)} in the cover"
        if self.finding is Finding.NOTHING:
            return f"the classical detectors read it as they read the cover: payload in {both}"
        if self.beginning >= BEGINNING_FROM:
            both += f", and the first {percent(self.beginning)} of the picture full"
        advice = "a larger cover, one without large black or white areas, or --mode adaptive"
        return f"the classical detectors read payload in {both}; {advice} would show less"


def check(cover: Picture, stego: Picture) -> Check | None:
    """Read a stego image with the classical detectors; None where it is too small to be read."""
    if min(cover.width, cover.height) < LEAST_SIDE:
        return None
    before, after = read_channels(cover.samples), read_channels(stego.samples)
    return Check(
        judge(after, before), payload_share(after), payload_share(before), beginning_share(after)
    )
