"""Scans are counted however the file is cut, and only those that a decoder goes through."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from underpaint_common.errors import UnusableImage
from underpaint_common.pictures import jpeg_scans, read_picture
from underpaint_common.pictures.jpeg_scans import MOST_SCANS, MOST_SEGMENTS, check_jpeg_scans

END = b"\xff\xd9"
COMMENT = b"\xff\xfe\0\2"
NOISE = np.random.default_rng(1).integers(0, 256, (64, 96, 3), np.uint8)


def jpeg(samples: np.ndarray = NOISE, **options: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(samples).save(file, "JPEG", **options)
    return file.getvalue()


def with_scans(count: int, between: bytes = b"") -> bytes:
    """Return a progressive file whose last scan comes again, until it has so many."""
    data = jpeg(NOISE[:, :, 0], progressive=True)
    tables, scan = data.rindex(b"\xff\xc4"), data.rindex(b"\xff\xda")
    last = data[min(tables, scan) : -2]
    return data[:-2] + between + last * (count - data.count(b"\xff\xda")) + END


def check(data: bytes) -> None:
    check_jpeg_scans(io.BytesIO(data))


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("restart", [0, 1])
def test_ordinary_files_are_read(progressive: bool, restart: int) -> None:
    data = jpeg(progressive=progressive, restart_marker_blocks=restart, comment=b"\xff\xda" * 500)
    assert read_picture(data).samples.shape == NOISE.shape


def test_as_many_scans_as_are_allowed_are_read() -> None:
    assert read_picture(with_scans(MOST_SCANS)).samples.shape == (64, 96, 1)


def test_one_scan_more_is_refused() -> None:
    with pytest.raises(UnusableImage, match=f"more than {MOST_SCANS} scans"):
        read_picture(with_scans(MOST_SCANS + 1))


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 70), st.integers(0, 3))
def test_no_marker_is_lost_between_blocks(block: int, comments: int) -> None:
    data = with_scans(MOST_SCANS + 1, COMMENT * comments)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jpeg_scans, "_BLOCK_BYTES", block)
        check(with_scans(MOST_SCANS))
        with pytest.raises(UnusableImage):
            check(data)


@pytest.mark.parametrize("where", [2, -2])
def test_more_segments_than_anyone_writes_are_refused(where: int) -> None:
    data = jpeg(progressive=True)
    data = data[:where] + COMMENT * MOST_SEGMENTS + data[where:]
    with pytest.raises(UnusableImage, match="segments"):
        check(data)


def test_what_follows_the_only_scan_or_the_end_is_not_looked_at() -> None:
    check(jpeg()[:-2] + COMMENT * MOST_SEGMENTS)
    check(jpeg(progressive=True) + COMMENT * MOST_SEGMENTS)
    check(jpeg(progressive=True) + with_scans(MOST_SCANS + 1))


def test_scans_of_single_channels_count_without_progression() -> None:
    data = jpeg()
    head, rest = data.split(b"\xff\xda", 1)
    one = b"\xff\xda\0\x08\1\1\0\0\x3f\0" + rest[12:-2]
    check(head + one * MOST_SCANS + END)
    with pytest.raises(UnusableImage, match="scans"):
        check(head + one * (MOST_SCANS + 1) + END)


@given(st.binary(max_size=200))
def test_what_is_broken_is_left_to_the_decoder(rest: bytes) -> None:
    check(b"\xff\xd8\xff" + rest)


@given(st.integers(0, 3000))
def test_what_is_cut_short_is_left_to_the_decoder(length: int) -> None:
    check(jpeg(progressive=True)[:length])
