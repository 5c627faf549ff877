"""What fits into a cover, and what it costs in quality, before anything is embedded."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from underpaint_common.crypto import aead
from underpaint_common.errors import DoesNotFit
from underpaint_common.payload.contents import MOST_OVERHEAD
from underpaint_common.payload.layout import usable_samples
from underpaint_common.payload.modes import DEFAULT_PLANES, Mode
from underpaint_common.pictures import Picture
from underpaint_common.stego import adaptive, classic, planes
from underpaint_common.stego.reserved import HEADER_BYTES, HEADER_SAMPLES, RESERVED_SAMPLES
from underpaint_common.stego.samples import MAX_PLANES

_ADAPTIVE_PSNR = (
    (0.05, 70.0), (0.1, 66.6), (0.2, 63.1), (0.4, 59.5), (0.6, 57.2), (0.8, 55.5), (1.0, 54.0),
    (1.25, 52.4), (1.5, 50.8), (1.75, 49.4), (2.0, 47.9), (2.25, 46.3), (2.5, 44.8), (2.75, 43.3),
    (3.0, 41.8), (3.5, 38.8), (4.0, 35.8), (4.5, 32.8), (5.0, 29.7), (5.5, 26.7), (6.0, 23.7),
)  # fmt: skip
"""PSNR of mode `adaptive` on 8 bits, plain distortion, effort 8, by bits per sample."""

_TEXTURE_LOSS = (
    (0.02, 2.7), (0.05, 2.9), (0.1, 2.7), (0.2, 2.5), (0.4, 2.3), (0.7, 2.0), (1.0, 1.8),
)  # fmt: skip
"""By how many dB costs of texture lower that, on photographs; nothing above one bit per sample."""

_SPARSE_EXPONENT = 1.15
"""How the error grows with the payload where that is small."""


@dataclass(frozen=True, slots=True)
class CapacityRow:
    """What one mode holds in a number of planes.

    Parameters
    ----------
    mode : Mode
        `classic`, `planes` or `adaptive`.
    planes : int
        Exactly so many in classic, at most so many in planes; in adaptive at most so many bits
        per sample.
    capacity_bytes : int
        Bytes that can be embedded in all, as in `HideReport`; 0 where no secret fits.
    bytes : int
        The largest secret that is promised to fit, whatever its name; 0 if none is.
    psnr_db : float
        Expected PSNR when full, of a cover with few samples near black or white.
    """

    mode: Mode
    planes: int
    capacity_bytes: int
    bytes: int
    psnr_db: float


def capacity(cover: Picture) -> tuple[CapacityRow, ...]:
    """Return what a cover holds, by mode and number of planes."""
    members = members_of(cover)
    rows = []
    for mode in (Mode.PLANES, Mode.ADAPTIVE, Mode.CLASSIC):
        for count in range(1, most_planes(mode) + 1):
            largest = largest_secret(members, mode, count)
            embeds = HEADER_BYTES + largest_body(members, mode, count) if largest else 0
            psnr = expected_psnr(mode, float(count), cover.bit_depth)
            rows.append(CapacityRow(mode, count, embeds, largest, psnr))
    return tuple(rows)


def members_of(cover: Picture) -> int:
    """Return how many samples of a cover may bear the body."""
    return max(usable_samples(cover).size - RESERVED_SAMPLES, 0)


def largest_body(members: int, mode: Mode, count: int) -> int:
    """Return the length of the largest sealed body, in bytes."""
    if mode is Mode.CLASSIC:
        return classic.capacity(members, count)
    if mode is Mode.ADAPTIVE:
        return adaptive.capacity(members, min(count, adaptive.MOST_BITS))
    return planes.capacity(members, count)


def most_planes(mode: Mode) -> int:
    """Return the most bit planes, or bits per sample, of a mode."""
    return adaptive.MOST_BITS if mode is Mode.ADAPTIVE else MAX_PLANES


def default_planes(mode: Mode) -> int:
    """Return how many are allowed where the user does not say."""
    return adaptive.MOST_BITS if mode is Mode.ADAPTIVE else DEFAULT_PLANES


def largest_secret(members: int, mode: Mode, count: int) -> int:
    """Return the length of the largest secret that is promised to fit, in bytes."""
    sealed = largest_body(members, mode, count) - aead.TAG_BYTES
    return max(sealed - sealed % 16 - 1 - MOST_OVERHEAD, 0)


def body_bytes(secret_bytes: int) -> int:
    """Return how long a body is at most that holds a secret of so many bytes."""
    return aead.sealed_length(secret_bytes + MOST_OVERHEAD)


def planes_for(cover: Picture, mode: Mode, length: int, at_most: int | None) -> int:
    """Return the number of planes that a body takes.

    Parameters
    ----------
    cover : Picture
        The cover.
    mode : Mode
        `classic` (exactly `at_most` planes), `planes` or `adaptive` (as few as fit).
    length : int
        Bytes of the sealed body.
    at_most : int or None
        What the user allows; the mode's default when None.

    Raises
    ------
    DoesNotFit
        If that is not enough; it says what would be.
    """
    allowed = default_planes(mode) if at_most is None else at_most
    members = members_of(cover)
    if length <= largest_body(members, mode, allowed):
        return planes.planes_needed(length, members) if mode is Mode.PLANES else allowed
    counts = range(1, most_planes(mode) + 1)
    needed = next((each for each in counts if length <= largest_body(members, mode, each)), 0)
    larger = 8 * -(-length // allowed) + RESERVED_SAMPLES
    if mode is Mode.ADAPTIVE:
        larger += larger // 200 + 16
    remedies = [f"use a cover of at least {larger / cover.channels / 1e6:.3g} megapixels"]
    if needed > allowed:
        remedies.insert(0, f"allow {needed} planes with --planes {needed}")
    raise DoesNotFit(
        f"the secret does not fit: {length:,} bytes to embed, and this cover holds "
        f"{largest_body(members, mode, allowed):,} in {allowed} bit plane{'s' * (allowed > 1)}",
        hint=", or ".join(remedies) + _left_out(cover),
    )


def _left_out(cover: Picture) -> str:
    """Say how many pixels carry nothing because nobody sees them, if there are any."""
    hidden = 0 if cover.alpha is None else int((cover.alpha == 0).sum())
    if not hidden:
        return ""
    return (
        f"; {hidden:,} of this cover's {cover.width * cover.height:,} pixels are fully transparent "
        "and stay as they are"
    )


def expected_psnr(mode: Mode, bits_per_sample: float, bit_depth: int) -> float:
    """Return the PSNR to expect at a payload rate, in dB, without saturated samples.

    Random k-bit values give a mean squared error of ``(4**k - 1) / 6`` by replacement and
    ``(4**k + 2) / 12`` by the nearest value; between whole k it is linear. What `adaptive` gives
    with plain distortion was measured; with costs of texture it is 2 to 3 dB less up to one bit
    per sample.
    """
    return _psnr(_error_at(mode, bits_per_sample), bit_depth)


def expected_psnr_with(
    cover: Picture, mode: Mode, count: int, body_bytes: int, *, members: int | None = None
) -> float:
    """Return the PSNR to expect over all of a cover once a body is in it, in dB.

    In adaptive with costs of texture, as on photographs: where all is equally rough it is 1 to 2
    dB more.

    Parameters
    ----------
    cover : Picture
        With few samples near black or white.
    mode, count : Mode, int
        In classic the body fills `count` planes of the first samples; in planes it is spread.
    body_bytes : int
        Length of the sealed body, which must fit.
    members : int, optional
        From `members_of`, where it is known already.
    """
    members = members_of(cover) if members is None else members
    if mode is Mode.CLASSIC:
        total = _error(mode, count) * 8 * body_bytes / count
    else:
        rate = 8 * body_bytes / members
        total = _error_at(mode, rate) * members
        if mode is Mode.ADAPTIVE and rate <= 1:
            rates, losses = zip(*_TEXTURE_LOSS, strict=True)
            total *= 10 ** (float(np.interp(rate, rates, losses)) / 10)
    total += _error(Mode.PLANES, 1) * HEADER_SAMPLES
    return _psnr(total / cover.samples.size, cover.bit_depth)


def _psnr(error: float, bit_depth: int) -> float:
    if error == 0:
        return math.inf
    peak = float((1 << bit_depth) - 1)
    return 10 * math.log10(peak * peak / error)


def _error_at(mode: Mode, bits_per_sample: float) -> float:
    """Return the mean squared error at a payload rate, between whole planes by proportion."""
    if mode is Mode.ADAPTIVE:
        return _adaptive_error(bits_per_sample)
    whole = math.floor(bits_per_sample)
    error = _error(mode, whole)
    return error + (bits_per_sample - whole) * (_error(mode, whole + 1) - error)


def _adaptive_error(bits_per_sample: float) -> float:
    """Return what was measured at effort 8; by proportion, of logarithms, in between."""
    if bits_per_sample <= 0:
        return 0.0
    rates, psnrs = zip(*_ADAPTIVE_PSNR, strict=True)
    if bits_per_sample < rates[0]:
        least = 255.0**2 / 10 ** (psnrs[0] / 10)
        return float(least * math.pow(bits_per_sample / rates[0], _SPARSE_EXPONENT))
    psnr = float(np.interp(math.log(bits_per_sample), np.log(rates), psnrs))
    return 255.0**2 / 10 ** (psnr / 10)


def _error(mode: Mode, count: int) -> float:
    """Return the mean squared error of `count` whole planes."""
    if count == 0:
        return 0.0
    return (4.0**count - 1) / 6 if mode is Mode.CLASSIC else (4.0**count + 2) / 12
