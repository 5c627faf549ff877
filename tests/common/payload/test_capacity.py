"""Capacity: what is expected of a full cover, and of one that is filled in part."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common import payload
from underpaint_common.payload import Form, Mode, SecretFile, expected_psnr
from underpaint_common.payload.capacity import expected_psnr_with
from underpaint_common.pictures import picture_from_array

# Mean squared errors of random k-bit values: replacement, and the nearest value (OPAP).
WHOLE_PLANES = {
    Mode.CLASSIC: {1: 51.14, 2: 44.15, 3: 37.92, 4: 31.85},
    Mode.PLANES: {1: 51.14, 2: 46.37, 3: 40.73, 4: 34.81},
}


@pytest.mark.parametrize("mode", WHOLE_PLANES)
def test_whole_planes_are_as_the_literature_says(mode):
    for count, psnr in WHOLE_PLANES[mode].items():
        assert expected_psnr(mode, count, 8) == pytest.approx(psnr, abs=0.01)


@given(rate=st.floats(0, 8), more=st.floats(0, 1), depth=st.sampled_from([8, 16]))
def test_more_bits_are_never_better(rate, more, depth):
    for mode in WHOLE_PLANES:
        assert expected_psnr(mode, min(rate + more, 8), depth) <= expected_psnr(mode, rate, depth)
    assert expected_psnr(Mode.PLANES, 0, depth) == math.inf


@pytest.mark.parametrize(
    ("mode", "count"), [(Mode.PLANES, 4), (Mode.CLASSIC, 1), (Mode.CLASSIC, 3)]
)
@pytest.mark.parametrize("size", [300, 1500, 3500])
def test_what_is_expected_is_measured(mode, count, size):
    rng = np.random.default_rng(size)
    cover = picture_from_array(rng.integers(40, 215, (100, 110, 3), np.uint8))
    secret = SecretFile("", "", rng.bytes(size))
    report = payload.hide(cover, secret, bytes(32), mode=mode, planes=count, form=Form.FILE).report
    expected = expected_psnr_with(cover, mode, count, report.payload_bytes - 48)
    assert report.psnr_db == pytest.approx(expected, abs=0.4)


def test_capacity_in_bytes_is_what_the_report_of_hiding_says(cover, secret):
    picture = cover(80, 90)
    for row in payload.capacity(picture):
        report = payload.hide(
            picture, secret(20), bytes(32), mode=row.mode, planes=row.planes, form=Form.FILE
        ).report
        assert report.capacity_bytes == row.capacity_bytes > row.bytes
