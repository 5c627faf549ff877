"""What figures and readings mean, in plain words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from underpaint_common.stego.detect.readings import Readings
from underpaint_common.stego.detect.verdict import (
    BEGINNING_FROM,
    PAYLOAD_FROM,
    RISE_PAYLOAD_FROM,
    RISE_UNCLEAR_FROM,
    UNCLEAR_FROM,
    Finding,
)

TOO_SMALL = "the picture is too small for the detectors"


@dataclass(frozen=True, slots=True)
class Detector:
    """One detector as people meet it.

    Attributes
    ----------
    key : str
        Its name in the JSON object.
    title, source : str
        What it is called, and who described it.
    method : str
        How it works and what it does not see.
    of : callable
        Picks its reading out of all readings.
    """

    key: str
    title: str
    source: str
    method: str
    of: Callable[[Readings], float]


ESTIMATORS = (
    Detector(
        "rs",
        "RS",
        "Fridrich, Goljan and Du, 2001",
        "Flips lowest bits itself and counts where the picture grows rougher and where smoother. "
        "Payload makes flipping 2k with 2k + 1 lose its effect, and flipping 2k - 1 with 2k not. "
        "Good up to three quarters of the samples.",
        lambda readings: readings.rs,
    ),
    Detector(
        "sample_pairs",
        "Sample pairs",
        "Dumitrescu, Wu and Wang, 2003",
        "Sorts neighbouring samples into sets that are equally large in an untouched picture, and "
        "that payload moves into one another at a known rate. Good over the whole range.",
        lambda readings: readings.sample_pairs,
    ),
    Detector(
        "weighted_stego",
        "Weighted stego",
        "Ker and Boehme, 2008",
        "Predicts each sample from its neighbours. Payload draws samples towards the other value "
        "of their pair, which shows in the errors of the prediction; smooth regions weigh most.",
        lambda readings: readings.weighted_stego,
    ),
)
CHI_SQUARE = Detector(
    "chi_square",
    "Chi-square",
    "Westfeld and Pfitzmann, 1999",
    "Payload in every sample makes the values 2k and 2k + 1 equally frequent. The test says how "
    "probable that is, for all of the picture and for its beginning. It finds pictures that are "
    "full, or full from the first row down; it estimates no share, and does not see a payload "
    "that is spread thinly.",
    lambda readings: readings.chi_square,
)
DETECTORS = (CHI_SQUARE, *ESTIMATORS)

_ALONE = {
    Finding.NOTHING: "The classical detectors see nothing here. That is no proof: they see "
    "replaced bits and little else, and trained detectors see more.",
    Finding.UNCLEAR: "The classical detectors cannot tell: a small payload, or only a picture "
    "that is noisy, hard in contrast, or no photograph.",
    Finding.PAYLOAD: "The classical detectors take this for a stego image.",
}
_AGAINST_COVER = {
    Finding.NOTHING: "To the classical detectors the picture reads like its cover. Trained "
    "detectors see more, and whoever has the cover sees every change.",
    Finding.UNCLEAR: "The picture reads a little more like a stego image than its cover does.",
    Finding.PAYLOAD: "The embedding shows: the classical detectors read payload that they do not "
    "read in the cover.",
}


def headline(finding: Finding, *, has_cover: bool) -> str:
    """Return the sentence that sums the readings up."""
    return (_AGAINST_COVER if has_cover else _ALONE)[finding]


def estimate_in_words(share: float, cover: float | None) -> str:
    """Return what an estimator's reading means, beside the cover's where that is known."""
    if cover is not None:
        both = f"Reads {percent(share)}, and {percent(cover)} in the cover"
        if share - cover >= RISE_PAYLOAD_FROM:
            return f"{both}: the difference is the payload."
        if share - cover >= RISE_UNCLEAR_FROM:
            return f"{both}: slightly suspicious."
        return f"{both}: sees nothing."
    if share >= PAYLOAD_FROM:
        return f"Takes {percent(share)} of the samples to bear payload."
    if share >= UNCLEAR_FROM:
        return f"Reads {percent(share)}: so do untouched pictures with much noise or hard contrast."
    return f"Reads {percent(share)}, which is within its error: sees nothing."


def chi_square_in_words(beginning: float, whole: float) -> str:
    """Return what the test's two readings mean."""
    if beginning >= BEGINNING_FROM:
        return f"Takes the first {percent(beginning)} of the picture to be full of payload."
    if whole > 0.5:
        return "Values come in pairs as they would if the picture were full."
    return "The picture is not full, neither wholly nor from its first row on."


def quality_in_words(psnr_db: float) -> str:
    """Return what a PSNR means to the eye."""
    if psnr_db == float("inf"):
        return "nothing changed"
    steps = (
        (50.0, "no eye sees a change"),
        (40.0, "not to be seen, even side by side"),
        (32.0, "smooth regions may look grainy"),
    )
    return next((words for least, words in steps if psnr_db >= least), "plainly visible")


def percent(share: float) -> str:
    """Return a share as people write it; what is little is not taken for nothing."""
    value = 100 * share
    if value != 0 and abs(value) < 0.05:
        return "~0 %"
    return f"{value:.1f} %"
