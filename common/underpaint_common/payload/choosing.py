"""What mode `auto` takes: `adaptive` while that is worth its time, else `planes`."""

from __future__ import annotations

from dataclasses import dataclass

from underpaint_common.payload.capacity import expected_psnr, largest_body
from underpaint_common.payload.modes import DEFAULT_EFFORT, DEFAULT_PLANES, Cost, Mode
from underpaint_common.stego import adaptive

_GAIN_DB = 0.5
_SMALL = 0.4
"""Bits per sample below which detection matters more than decibels."""

_SECONDS = 30.0

_TEXTURE_COSTS_DB = 2.2
"""How much costs of texture take from what plain distortion would give."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A mode, and why.

    Parameters
    ----------
    mode : Mode
        Never `auto`.
    reason : str
        What to tell the user.
    """

    mode: Mode
    reason: str


def choose_mode(
    members: int,
    length: int,
    *,
    planes: int | None = None,
    cost: Cost = Cost.TEXTURE,
    effort: int = DEFAULT_EFFORT,
) -> Choice:
    """Return what `auto` takes for a sealed body of `length` bytes.

    Parameters
    ----------
    members : int
        How many samples may bear the body.
    length : int
        Bytes of the sealed body.
    planes : int or None
        At most so many planes, or bits per sample; 4 when None.
    cost, effort : Cost, int
        As `adaptive` would be used.
    """
    allowed = DEFAULT_PLANES if planes is None else planes
    if length > largest_body(members, Mode.ADAPTIVE, allowed):
        return Choice(Mode.PLANES, "planes: so much fits no other mode here")
    seconds = adaptive.seconds(members, length, effort)
    if seconds > _SECONDS:
        return Choice(Mode.PLANES, f"planes: adaptive would take about {seconds:.0f} s")
    rate = 8 * length / members
    gain = expected_psnr(Mode.ADAPTIVE, rate, 8) - expected_psnr(Mode.PLANES, rate, 8)
    if cost is Cost.TEXTURE and rate <= 1:
        gain -= _TEXTURE_COSTS_DB
    if rate < _SMALL:
        return Choice(Mode.ADAPTIVE, f"adaptive: the payload is small, {rate:.2f} bits per sample")
    if gain >= _GAIN_DB:
        return Choice(Mode.ADAPTIVE, f"adaptive: about {gain:.1f} dB better than planes")
    return Choice(Mode.PLANES, "planes: adaptive would hardly be better")
