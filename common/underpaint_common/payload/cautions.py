"""What the user should know about a cover, and about what was embedded in it."""

from __future__ import annotations

from underpaint_common.pictures import Picture
from underpaint_common.stego.telltale import has_gaps, is_flat

WARN_BELOW = 0.4
"""Expected errors below this are worth a warning: a detector is right three times in five."""

_GAPS = (
    "the cover lacks many values between its darkest and its brightest (stretched contrast, "
    "few colours, or 8 bits spread over 16): a single changed sample can give it away"
)
_FLAT = (
    "a large part of the cover is of one value exactly (a drawing, a screenshot, a blown-out sky): "
    "a single changed sample there can give it away"
)
_JPEG = (
    "the cover was decoded from JPEG: compressing it again shows every 8x8 block that was changed, "
    "so no detection error is given; a picture that never was JPEG hides better"
)


def cautions(cover: Picture) -> tuple[str, ...]:
    """Return what makes this cover a poor choice, in sentences."""
    found = {
        _GAPS: has_gaps(cover.samples),
        _FLAT: is_flat(cover.samples),
        _JPEG: cover.source_format == "JPEG",
    }
    return tuple(sentence for sentence, holds in found.items() if holds)


def caution_of(expected_error: float | None) -> tuple[str, ...]:
    """Return what to say of an expected detection error, if anything."""
    if expected_error is None or expected_error >= WARN_BELOW:
        return ()
    sentence = (
        f"a trained detector is expected to err on {expected_error:.0%} of such pictures, where "
        "guessing errs on 50%: hide less, or in a larger cover"
    )
    return (sentence,)
