"""Capacity and expected quality, before anything is embedded."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.errors import DoesNotFit
from underpaint_common.payload import Mode, capacity, expected_psnr
from underpaint_common.payload.capacity import body_bytes, largest_body, largest_secret, planes_for
from underpaint_common.pictures import Picture

MODES = st.sampled_from([Mode.PLANES, Mode.CLASSIC])
ALL_MODES = st.sampled_from([Mode.PLANES, Mode.CLASSIC, Mode.ADAPTIVE])


@given(st.integers(0, 10**9), ALL_MODES, st.integers(1, 6))
def test_the_largest_secret_fits_and_a_larger_one_may_not(members, mode, planes):
    promised = largest_secret(members, mode, planes)
    assert promised >= 0
    if promised:
        assert body_bytes(promised) <= largest_body(members, mode, planes)
        assert body_bytes(promised + 16) > largest_body(members, mode, planes)


@pytest.mark.parametrize(
    ("mode", "bits", "psnr"),
    [
        (Mode.PLANES, 1, 51.14),
        (Mode.PLANES, 1.5, 48.13),
        (Mode.PLANES, 2, 46.37),
        (Mode.PLANES, 2.5, 42.69),
        (Mode.PLANES, 3, 40.73),
        (Mode.PLANES, 3.5, 36.83),
        (Mode.PLANES, 4, 34.81),
        (Mode.CLASSIC, 1, 51.14),
        (Mode.CLASSIC, 2, 44.15),
        (Mode.CLASSIC, 3, 37.92),
        (Mode.CLASSIC, 4, 31.85),
    ],
)
def test_expected_quality_is_the_published_one(mode, bits, psnr):
    assert expected_psnr(mode, bits, 8) == pytest.approx(psnr, abs=0.01)


def test_nothing_embedded_costs_nothing():
    assert expected_psnr(Mode.PLANES, 0, 8) == math.inf


@given(MODES, st.floats(0.01, 7.9), st.floats(0.001, 0.1))
def test_more_payload_costs_more(mode, bits, more):
    assert expected_psnr(mode, bits + more, 8) < expected_psnr(mode, bits, 8)


def test_planes_for_says_what_would_do(cover):
    picture = cover(100, 100)
    assert planes_for(picture, Mode.PLANES, 1000, None) == 1
    assert planes_for(picture, Mode.CLASSIC, 1000, None) == 4
    assert planes_for(picture, Mode.PLANES, 9000, None) == 3
    with pytest.raises(DoesNotFit) as caught:
        planes_for(picture, Mode.PLANES, 9000, 2)
    assert "--planes 3" in str(caught.value.hint)
    with pytest.raises(DoesNotFit) as caught:
        planes_for(picture, Mode.PLANES, 900_000, None)
    assert "--planes" not in str(caught.value.hint)
    assert "megapixels" in str(caught.value.hint)


def test_rows_grow_with_planes(cover):
    for mode in (Mode.PLANES, Mode.CLASSIC):
        rows = [row for row in capacity(cover(100, 100)) if row.mode is mode]
        assert [row.planes for row in rows] == list(range(1, 9))
        assert [row.bytes for row in rows] == sorted(row.bytes for row in rows)
        assert [row.psnr_db for row in rows] == sorted((row.psnr_db for row in rows), reverse=True)


@pytest.mark.parametrize("mode", [Mode.PLANES, Mode.CLASSIC, Mode.ADAPTIVE])
def test_pixels_that_nobody_sees_are_told_where_they_are_what_is_missing(mode: Mode) -> None:
    samples = np.zeros((40, 50, 3), np.uint8)
    alpha = np.full((40, 50), 255, np.uint8)
    opaque = Picture(samples, alpha)
    assert planes_for(opaque, mode, 600, None)
    alpha = alpha.copy()
    alpha[:30] = 0
    with pytest.raises(DoesNotFit) as caught:
        planes_for(Picture(samples, alpha), mode, 600, 1)
    assert "1,500 of this cover's 2,000 pixels are fully transparent" in str(caught.value.hint)
    with pytest.raises(DoesNotFit) as caught:
        planes_for(opaque, mode, 6000, 1)
    assert "transparent" not in str(caught.value.hint)
