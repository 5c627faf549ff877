"""Binary PNM: header, depth and values as Netpbm defines them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from underpaint_common.errors import UnusableImage
from underpaint_common.pictures import Limits, Picture, read_picture
from underpaint_common.pictures.pnm import encode_pnm, read_pnm

LIMITS = Limits()


@given(
    data=st.data(), dtype=st.sampled_from([np.uint8, np.uint16]), channels=st.sampled_from([1, 3])
)
def test_reading_returns_what_was_written(data: st.DataObject, dtype: type, channels: int) -> None:
    sides = st.integers(1, 20)
    samples = data.draw(hnp.arrays(dtype, st.tuples(sides, sides, st.just(channels))))
    back = read_picture(b"".join(encode_pnm(Picture(samples))))
    np.testing.assert_array_equal(back.samples, samples)
    assert back.samples.dtype == dtype
    assert back.source_format == "PPM"


def test_comments_and_any_white_space_may_part_the_header() -> None:
    picture = read_pnm(b"P5 # grey\n#\n 2\t# wide\r1\n255\nAB", LIMITS)
    assert picture.samples.tolist() == [[[65], [66]]]


@pytest.mark.parametrize(
    ("maximum", "value", "expected"), [(15, 15, 255), (15, 7, 119), (1, 1, 255)]
)
def test_another_maximum_is_stretched_with_a_notice(
    maximum: int, value: int, expected: int
) -> None:
    picture = read_pnm(b"P5 1 1 %d\n%c" % (maximum, value), LIMITS)
    assert picture.samples.tolist() == [[[expected]]]
    assert picture.notices == (f"samples of 0 to {maximum} stretched to 0 to 255",)
    wide = read_pnm(b"P5 1 1 1023\n\x03\xff", LIMITS)
    assert wide.samples.tolist() == [[[65535]]]
    assert wide.bit_depth == 16


def test_bitmaps_become_grey_with_black_for_one() -> None:
    picture = read_pnm(b"P4 10 2\n\x80\x40\x00\x00", LIMITS)
    expected = np.full((2, 10, 1), 255)
    expected[0, [0, 9]] = 0
    assert picture.samples.tolist() == expected.tolist()
    assert picture.notices == ("1-bit image turned into 8-bit grey",)


@pytest.mark.parametrize(
    "data",
    [
        b"P6\n",
        b"P6 2 2 255",
        b"P6 2 2 255\n" + bytes(11),
        b"P6 0 2 255\n",
        b"P6 2 2 0\n" + bytes(12),
        b"P6 2 2 70000\n" + bytes(24),
        b"P6 -2 2 255\n" + bytes(12),
        b"P4 9 2\n" + bytes(3),
        b"P4 0 0\n",
        b"P5 9999999999 9999999999 255\n",
        b"P5 #" + b" " * 100_000,
        b"P5" + b"\n#" * 60_000,
    ],
)
def test_broken_files_are_refused(data: bytes) -> None:
    with pytest.raises(UnusableImage):
        read_picture(data)


@pytest.mark.parametrize("magic", [b"P1", b"P2", b"P3", b"P7", b"Pf"])
def test_kinds_that_are_not_read_are_named(magic: bytes) -> None:
    with pytest.raises(UnusableImage, match="cannot be read"):
        read_picture(magic + b"\n1 1\n1\n")
