"""Where a secret fits, foretold and then tried."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from underpaint_client import hide
from underpaint_client.room import Need, room_in
from underpaint_client.sources import picture_of, secret_of
from underpaint_common.errors import DoesNotFit


@pytest.mark.parametrize("size", [(8, 8), (90, 70), (200, 150), (240, 320), (400, 500)])
def test_what_is_foretold_is_what_happens(cover: Path, size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    picture, secret = picture_of(cover), secret_of(pixels)
    for room in room_in(picture, Need.of(secret)):
        if room.planes not in (1, 4, 8):
            continue
        try:
            hide(secret, picture, key=bytes(32), mode=room.mode, planes=room.planes)
        except DoesNotFit:
            assert (room.fits, room.secret_psnr_db) == (False, None), room
        else:
            assert room.fits is True, room


@pytest.mark.parametrize(("mode", "planes"), [("planes", 4), ("classic", 2), ("classic", 4)])
def test_the_foretold_quality_is_the_measured_one(mode: str, planes: int) -> None:
    rng = np.random.default_rng(0)
    picture = picture_of(rng.integers(30, 220, (200, 200, 3), dtype=np.uint8))
    secret = secret_of(rng.integers(0, 256, (60, 70, 3), dtype=np.uint8))
    rooms = {(room.mode, room.planes): room for room in room_in(picture, Need.of(secret))}
    report = hide(secret, picture, key=bytes(32), mode=mode, planes=planes).report
    assert report.psnr_db == pytest.approx(rooms[mode, planes].secret_psnr_db, abs=0.2)


def test_a_file_that_is_no_image_fits_no_classic_cover(cover: Path) -> None:
    rooms = room_in(picture_of(cover), Need.of(secret_of(b"only words", name="words.txt")))
    assert {room.mode for room in rooms if room.fits} == {"planes", "adaptive"}


def test_a_file_that_deflates_needs_less_room(cover: Path) -> None:
    zeros = secret_of(bytes(1_000_000), name="zeros.bin")
    assert all(
        room.fits for room in room_in(picture_of(cover), Need.of(zeros)) if room.mode == "planes"
    )


def test_without_a_secret_there_is_no_verdict(cover: Path) -> None:
    assert {room.fits for room in room_in(picture_of(cover), None)} == {None}
