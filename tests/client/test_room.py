"""Where a secret fits, foretold and then tried."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from underpaint_client import hide
from underpaint_client.room import room_in
from underpaint_client.sources import picture_of, secret_of
from underpaint_common.errors import DoesNotFit


@pytest.mark.parametrize("size", [(8, 8), (90, 70), (200, 150), (240, 320), (400, 500)])
def test_what_is_foretold_is_what_happens(cover: Path, size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    picture, secret = picture_of(cover), secret_of(pixels)
    for room in room_in(picture, secret):
        if room.planes not in (1, 4, 8):
            continue
        try:
            hide(secret, picture, key=bytes(32), mode=room.mode, planes=room.planes)
        except DoesNotFit:
            assert room.fits is False, room
        else:
            assert room.fits is True, room


def test_a_file_that_is_no_image_fits_no_classic_cover(cover: Path) -> None:
    rooms = room_in(picture_of(cover), secret_of(b"only words", name="words.txt"))
    assert {room.mode for room in rooms if room.fits} == {"planes"}


def test_a_file_that_deflates_needs_less_room(cover: Path) -> None:
    zeros = secret_of(bytes(1_000_000), name="zeros.bin")
    assert all(room.fits for room in room_in(picture_of(cover), zeros) if room.mode == "planes")


def test_without_a_secret_there_is_no_verdict(cover: Path) -> None:
    assert {room.fits for room in room_in(picture_of(cover), None)} == {None}
