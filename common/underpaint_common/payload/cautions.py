"""What the user should know about a cover before anything is embedded in it."""

from __future__ import annotations

from underpaint_common.pictures import Picture
from underpaint_common.stego.telltale import has_gaps

_GAPS = (
    "the cover lacks many values between its darkest and its brightest (stretched contrast, "
    "few colours, or 8 bits spread over 16): a single changed sample can give it away"
)


def cautions(cover: Picture) -> tuple[str, ...]:
    """Return what makes this cover a poor choice, in sentences."""
    return (_GAPS,) if has_gaps(cover.samples) else ()
