"""What fits into a cover, and what it costs in quality, before anything is embedded."""

from __future__ import annotations

import math
from dataclasses import dataclass

from underpaint_common.crypto import aead
from underpaint_common.errors import DoesNotFit
from underpaint_common.payload.contents import MOST_OVERHEAD
from underpaint_common.payload.layout import usable_samples
from underpaint_common.payload.modes import DEFAULT_PLANES, Mode
from underpaint_common.pictures import Picture
from underpaint_common.stego import classic, planes
from underpaint_common.stego.reserved import HEADER_BYTES, HEADER_SAMPLES, RESERVED_SAMPLES
from underpaint_common.stego.samples import MAX_PLANES


@dataclass(frozen=True, slots=True)
class CapacityRow:
    """What one mode holds in a number of planes.

    Parameters
    ----------
    mode : Mode
        `classic` or `planes`.
    planes : int
        Exactly so many in classic, at most so many in planes.
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
    for mode in (Mode.PLANES, Mode.CLASSIC):
        for count in range(1, MAX_PLANES + 1):
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
    return planes.capacity(members, count)


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
        `classic` (exactly `at_most` planes) or `planes` (as few as fit).
    length : int
        Bytes of the sealed body.
    at_most : int or None
        What the user allows; 4 when None.

    Raises
    ------
    DoesNotFit
        If that is not enough; it says what would be.
    """
    allowed = DEFAULT_PLANES if at_most is None else at_most
    members = members_of(cover)
    if length <= largest_body(members, mode, allowed):
        return allowed if mode is Mode.CLASSIC else planes.planes_needed(length, members)
    needed = planes.planes_needed(length, members)
    larger = 8 * -(-length // allowed) + RESERVED_SAMPLES
    remedies = [f"use a cover of at least {larger / cover.channels / 1e6:.3g} megapixels"]
    if needed <= MAX_PLANES:
        remedies.insert(0, f"allow {needed} planes with --planes {needed}")
    raise DoesNotFit(
        f"the secret does not fit: {length:,} bytes to embed, and this cover holds "
        f"{largest_body(members, mode, allowed):,} in {allowed} bit plane{'s' * (allowed > 1)}",
        hint=", or ".join(remedies),
    )


def expected_psnr(mode: Mode, bits_per_sample: float, bit_depth: int) -> float:
    """Return the PSNR to expect at a payload rate, in dB, without saturated samples.

    Random k-bit values give a mean squared error of ``(4**k - 1) / 6`` by replacement and
    ``(4**k + 2) / 12`` by the nearest value; between whole k it is linear.
    """
    return _psnr(_error_at(mode, bits_per_sample), bit_depth)


def expected_psnr_with(
    cover: Picture, mode: Mode, count: int, body_bytes: int, *, members: int | None = None
) -> float:
    """Return the PSNR to expect over all of a cover once a body is in it, in dB.

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
        total = _error_at(mode, 8 * body_bytes / members) * members
    total += _error(Mode.PLANES, 1) * HEADER_SAMPLES
    return _psnr(total / cover.samples.size, cover.bit_depth)


def _psnr(error: float, bit_depth: int) -> float:
    if error == 0:
        return math.inf
    peak = float((1 << bit_depth) - 1)
    return 10 * math.log10(peak * peak / error)


def _error_at(mode: Mode, bits_per_sample: float) -> float:
    """Return the mean squared error at a payload rate, between whole planes by proportion."""
    whole = math.floor(bits_per_sample)
    error = _error(mode, whole)
    return error + (bits_per_sample - whole) * (_error(mode, whole + 1) - error)


def _error(mode: Mode, count: int) -> float:
    """Return the mean squared error of `count` whole planes."""
    if count == 0:
        return 0.0
    return (4.0**count - 1) / 6 if mode is Mode.CLASSIC else (4.0**count + 2) / 12
