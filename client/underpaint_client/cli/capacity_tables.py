"""The tables of `underpaint capacity`: one cover in full, or many side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from underpaint_client.cli.output import decibels, size

if TYPE_CHECKING:
    from underpaint_client.room import Room
    from underpaint_client.survey import CoverFacts

_COMPARED = (("planes", 1), ("planes", 2), ("planes", 4), ("classic", 4))
_KINDS = {1: "grey", 3: "RGB", 4: "CMYK"}


def full_table(rooms: Sequence[Room]) -> list[list[str]]:
    """Return the rows that say what one cover holds, by mode and planes."""
    asked = any(room.fits is not None for room in rooms)
    header = ["mode", "planes", "capacity in bytes", "largest secret", "PSNR when full"]
    rows = [header + (["PSNR with the secret"] if asked else [])]
    for room in rooms:
        row = [
            room.mode,
            str(room.planes),
            f"{room.capacity_bytes:,}",
            largest(room),
            decibels(room.psnr_db),
        ]
        rows.append(row + ([_verdict(room)] if asked else []))
    return rows


def comparison(covers: Sequence[CoverFacts]) -> list[list[str]]:
    """Return the rows that compare covers: what is the largest secret, what a given one costs."""
    asked = any(room.fits is not None for cover in covers for room in cover.rooms)
    rows = [["cover", "picture", *(f"{mode} {count}" for mode, count in _COMPARED)]]
    rows[0] += ["planes it takes", "PSNR with it", "detection error"] if asked else []
    for cover in covers:
        rooms = {(room.mode, room.planes): room for room in cover.rooms}
        picture = f"{cover.width} x {cover.height} {_KINDS[cover.channels]}"
        picture += f", {cover.bit_depth} bits" if cover.bit_depth != 8 else ""
        row = [cover.name, picture, *(largest(rooms[each]) for each in _COMPARED)]
        rows.append(row + (_with_secret(cover) if asked else []))
    return rows


def largest(room: Room) -> str:
    """Return the largest secret: bytes of a file, or in classic the side of a square RGB image."""
    if room.mode != "classic":
        return size(room.bytes)
    side = math.isqrt(room.bytes // 3)
    return f"{side} x {side} RGB"


def _with_secret(cover: CoverFacts) -> list[str]:
    """Return the least planes that a secret takes in mode planes, its PSNR, and its detection."""
    fitting = [room for room in cover.rooms if room.mode == "planes" and room.fits]
    if not fitting:
        return ["does not fit", "", ""]
    error = "not known" if cover.expected_error is None else f"{cover.expected_error:.2f}"
    return [str(fitting[0].planes), _verdict(fitting[0]), error]


def _verdict(room: Room) -> str:
    return "does not fit" if room.secret_psnr_db is None else decibels(room.secret_psnr_db)
