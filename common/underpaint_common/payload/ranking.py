"""Which of several covers to take for a payload."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from underpaint_common.payload.capacity import (
    expected_psnr_with,
    largest_body,
    members_of,
)
from underpaint_common.payload.cautions import cautions
from underpaint_common.payload.choosing import choose_mode
from underpaint_common.payload.detectability import expected_error
from underpaint_common.payload.modes import DEFAULT_PLANES, Mode
from underpaint_common.pictures import Picture
from underpaint_common.stego.reserved import HEADER_BYTES, RESERVED_SAMPLES
from underpaint_common.stego.roughness import roughness

Label = TypeVar("Label")

Score: TypeAlias = Callable[[Picture, int], float]
"""How good a cover is for a body of so many bytes: more is better, minus infinity too small."""

_TIE = 1e-6
"""What a decibel adds to the score: it decides only where errors are equal to four digits."""


@dataclass(frozen=True, slots=True)
class Ranked(Generic[Label]):
    """One cover with its score.

    Parameters
    ----------
    label : object
        What the caller calls the cover.
    score : float
        As the score function said.
    """

    label: Label
    score: float

    @property
    def fits(self) -> bool:
        """Whether the payload fits this cover at all."""
        return self.score > -math.inf


@dataclass(frozen=True, slots=True)
class Traits:
    """All that the worth of a cover of one size depends on.

    Parameters
    ----------
    members : int
        Samples that may bear a body.
    rough : float
        Its roughness.
    flaws : int
        How many cautions there are about it.
    """

    members: int
    rough: float
    flaws: int

    @classmethod
    def of(cls, cover: Picture) -> Traits:
        """Look at a cover."""
        return cls(members_of(cover), roughness(cover.samples), len(cautions(cover)))

    @classmethod
    def best(cls, samples: int) -> Traits:
        """Return those of the best cover with so many samples."""
        return cls(max(samples - RESERVED_SAMPLES, 0), math.inf, 0)


def worth(cover: Picture, traits: Traits, mode: Mode, planes: int, body_bytes: int) -> float:
    """Return the detection error to expect, the score by which covers are compared.

    A cover that a single change gives away (`cautions`) comes after all that have no such flaw;
    between errors that are equal the PSNR to expect decides.

    Parameters
    ----------
    cover : Picture
        Its shape and type alone are looked at.
    traits : Traits
        What its samples are like.
    mode, planes : Mode, int
        How the body is embedded, not `auto`, and in how many planes at most.
    body_bytes : int
        Length of the sealed body.

    Returns
    -------
    float
        Minus infinity where the body does not fit.
    """
    members = traits.members
    if body_bytes > largest_body(members, mode, planes):
        return -math.inf
    error = expected_error(
        cover,
        mode,
        HEADER_BYTES + body_bytes,
        samples=members + RESERVED_SAMPLES,
        rough=traits.rough,
    )
    psnr = expected_psnr_with(cover, mode, planes, body_bytes, members=members)
    return error + _TIE * psnr - traits.flaws


def by_expected_error(cover: Picture, body_bytes: int) -> float:
    """Return the worth of a cover for the mode that `auto` takes, within its default planes."""
    traits = Traits.of(cover)
    mode = choose_mode(traits.members, body_bytes).mode
    return worth(cover, traits, mode, DEFAULT_PLANES, body_bytes)


def rank(
    covers: Iterable[tuple[Label, Picture]], body_bytes: int, score: Score = by_expected_error
) -> tuple[Ranked[Label], ...]:
    """Return covers, the best first; equally good ones in the order in which they came.

    Parameters
    ----------
    covers : iterable of (label, Picture)
        Consumed one by one, so that a generator needs memory for one picture alone.
    body_bytes : int
        Length of the sealed body that is to be embedded.
    score : callable
        Says how good one cover is. Another mode brings another score, and nothing else.
    """
    ranked = [Ranked(label, score(picture, body_bytes)) for label, picture in covers]
    return tuple(sorted(ranked, key=lambda each: each.score, reverse=True))
