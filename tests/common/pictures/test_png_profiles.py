"""Profiles as large as printers have them are read back; Pillow's own bound comes back."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from underpaint_common.errors import UnusableImage, UsageError
from underpaint_common.pictures import OutputFormat, Picture, encode, read_picture
from underpaint_common.pictures.png_profiles import MAX_PROFILE_BYTES, room_for_profiles

SAMPLES = np.zeros((4, 6, 3), np.uint8)
LARGE = np.random.default_rng(1).bytes((1 << 20) + 10)


def png(profile: bytes) -> bytes:
    file = io.BytesIO()
    Image.fromarray(SAMPLES).save(file, "PNG", icc_profile=profile)
    return file.getvalue()


def test_a_profile_of_more_than_a_mebibyte_is_read() -> None:
    assert read_picture(png(LARGE)).icc_profile == LARGE


@pytest.mark.parametrize("file_format", [OutputFormat.PNG, OutputFormat.TIFF, OutputFormat.WEBP])
def test_and_is_read_back_as_it_was_written(file_format: OutputFormat) -> None:
    data = b"".join(encode(Picture(SAMPLES, icc_profile=LARGE), file_format))
    assert read_picture(data).icc_profile == LARGE


def test_the_largest_there_is_is_read_back_and_a_larger_one_is_not_written() -> None:
    largest = Picture(SAMPLES, icc_profile=bytes(MAX_PROFILE_BYTES))
    assert read_picture(b"".join(encode(largest))).icc_profile == largest.icc_profile
    larger = Picture(SAMPLES, icc_profile=bytes(MAX_PROFILE_BYTES + 1))
    with pytest.raises(UsageError, match="profile of more than 16 MiB"):
        b"".join(encode(larger))


def test_a_bomb_is_refused() -> None:
    with pytest.raises(UnusableImage):
        read_picture(png(bytes(MAX_PROFILE_BYTES + 1)))


def test_pillow_is_as_before_afterwards() -> None:
    before = PngImagePlugin.MAX_TEXT_CHUNK
    with room_for_profiles:
        assert PngImagePlugin.MAX_TEXT_CHUNK == MAX_PROFILE_BYTES
    read_picture(png(LARGE))
    assert before == PngImagePlugin.MAX_TEXT_CHUNK
