"""What a directory asks for is bounded; what pictures need is not refused."""

from __future__ import annotations

import io
import os
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.common.pictures.tiff_files import (
    IFD,
    LONG,
    LONG8,
    SHORT,
    SLONG,
    SLONG8,
    picture_fields,
    tiff,
)

from underpaint_common.errors import UnusableImage
from underpaint_common.pictures import read_picture
from underpaint_common.pictures.tiff_directory import (
    MOST_FIELDS,
    MOST_NUMBERS,
    check_tiff_directory,
)

FORMS = [("<", False), (">", False), ("<", True)]


@pytest.mark.parametrize(("order", "big"), FORMS)
@pytest.mark.parametrize(("bits", "channels"), [(8, 1), (8, 3), (16, 1), (16, 3)])
def test_ordinary_files_are_read(order: str, big: bool, bits: int, channels: int) -> None:
    dtype = np.dtype(np.uint8 if bits == 8 else f"{order}u2")
    samples = (np.arange(5 * 7 * channels) * 771).astype(dtype).reshape(5, 7, channels)
    fields = picture_fields(7, 5, bits=bits, channels=channels)
    picture = read_picture(tiff(fields, samples.tobytes(), order=order, big=big))
    np.testing.assert_array_equal(picture.samples, samples)


@pytest.mark.parametrize(("order", "big"), FORMS)
@pytest.mark.parametrize("tag", [258, 273, 338, 339, 50000])
def test_more_numbers_than_a_picture_needs_are_refused(order: str, big: bool, tag: int) -> None:
    fields = picture_fields(8, 8, bits=8, channels=1)
    fields[tag] = (SHORT, [8] * (MOST_NUMBERS + 1))
    with pytest.raises(UnusableImage, match=r"numbers in its header"):
        read_picture(tiff(fields, bytes(64), order=order, big=big))


def test_refusing_takes_no_memory() -> None:
    fields = picture_fields(8, 8, bits=8, channels=1)
    fields[258] = (LONG, [8] * 3_000_000)
    data = tiff(fields, bytes(64))
    read_picture(tiff(picture_fields(8, 8, bits=8, channels=1), bytes(64)))  # imports come first
    tracemalloc.start()
    with pytest.raises(UnusableImage):
        read_picture(io.BytesIO(data))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * len(data) + 1_000_000, "a Python number takes 32 bytes, not four"


def test_many_strips_are_read() -> None:
    rows = 4000
    fields = picture_fields(1, rows, bits=8, channels=1)
    fields |= {273: (LONG, [-1] * rows), 278: (SHORT, [1]), 279: (LONG, [1] * rows)}
    assert read_picture(tiff(fields, b"\7")).samples.shape == (rows, 1, 1)


def test_long_texts_are_no_numbers() -> None:
    fields = picture_fields(8, 8, bits=8, channels=1)
    fields[700] = (7, [1] * (MOST_NUMBERS + 1))
    assert read_picture(tiff(fields, bytes(64))).samples.shape == (8, 8, 1)


def test_more_fields_than_there_are_tags_are_refused() -> None:
    fields = picture_fields(8, 8, bits=8, channels=1)
    fields |= {tag: (SHORT, [1]) for tag in range(40_000, 40_000 + MOST_FIELDS)}
    with pytest.raises(UnusableImage, match="fields in its header"):
        read_picture(tiff(fields, bytes(64)))


def tiled(side: int, tile: int, kind: int) -> bytes:
    """Return a small image in one deflated tile."""
    pixels = zlib.compress(bytes(tile * tile * 3), 1)
    fields = picture_fields(side, side, bits=8, channels=3)
    del fields[273], fields[278], fields[279]
    fields[259] = (SHORT, [8])
    fields |= {322: (kind, [tile]), 323: (kind, [tile])}
    return tiff(fields | {324: (LONG, [-1]), 325: (LONG, [len(pixels)])}, pixels)


@pytest.mark.parametrize("kind", [SHORT, LONG])
def test_tiles_of_ordinary_size_are_read(kind: int) -> None:
    assert read_picture(tiled(100, 512, kind)).samples.shape == (100, 100, 3)


def test_huge_tiles_of_a_small_image_are_refused() -> None:
    with pytest.raises(UnusableImage, match=r"tiles of 8,192 x 8,192 pixels"):
        read_picture(tiled(16, 8192, LONG))


@pytest.mark.parametrize("kind", [SHORT, LONG, SLONG, IFD, LONG8, SLONG8])
@pytest.mark.parametrize(("order", "big"), FORMS)
def test_tiles_are_seen_in_every_form(order: str, big: bool, kind: int) -> None:
    fields = picture_fields(16, 16, bits=16, channels=3)
    fields |= {322: (kind, [60_000]), 323: (kind, [60_000])}
    with pytest.raises(UnusableImage, match="tiles of"):
        check_tiff_directory(io.BytesIO(tiff(fields, order=order, big=big)))


@pytest.mark.parametrize("first", [16, 60_000])
def test_a_width_that_stands_there_twice_hides_nothing(first: int) -> None:
    fields = picture_fields(16, 16, bits=8, channels=1)
    sizes = {322: (SHORT, [first]), 323: (SHORT, [60_000]), 324: (SHORT, [60_016 - first])}
    data = tiff(fields | sizes)
    again = data.replace(b"\x44\x01\x03\0\1", b"\x42\x01\x03\0\1")
    assert again != data
    with pytest.raises(UnusableImage, match="tiles of 60,000 x 60,000"):
        check_tiff_directory(io.BytesIO(again))


@given(st.sampled_from([b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]), st.binary(max_size=80))
def test_what_is_broken_is_left_to_others(magic: bytes, rest: bytes) -> None:
    try:
        check_tiff_directory(io.BytesIO(magic + rest))
    except UnusableImage as error:
        assert "TIFF" in error.message  # noqa: PT017 - either is right


def test_a_file_with_two_first_directories_is_refused() -> None:
    fields = picture_fields(8, 8, bits=8, channels=1)
    with pytest.raises(UnusableImage, match="big-endian BigTIFF"):
        read_picture(tiff(fields, bytes(64), order=">", big=True))


def test_a_directory_anywhere_is_found(tmp_path) -> None:
    file = tmp_path / "far.tif"
    with file.open("wb") as out:
        out.write(b"II*\0" + (1 << 20).to_bytes(4, "little"))
        out.seek(1 << 20)
        out.write((MOST_FIELDS + 1).to_bytes(2, "little") + os.urandom(100))
    with file.open("rb") as source, pytest.raises(UnusableImage, match="fields"):
        check_tiff_directory(source)
