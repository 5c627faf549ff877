"""The expected detection error: what was measured is found again, and the rest lies between."""

from __future__ import annotations

import itertools

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.payload import Cost, Mode, SecretFile, expected_error, hide
from underpaint_common.payload.detectability import Point, Table, reported_error
from underpaint_common.pictures import picture_from_array

MADE_UP = Table(
    made_by="a test",
    date="2026-01-01",
    seed=1,
    splits=5,
    crops=100,
    photos=80,
    crop_pixels=65536,
    roughness={"rgb": (1.0, 2.0, 3.0), "grey": (1.0, 2.0, 3.0)},
    errors={
        "rgb": {
            "planes": (
                Point(0.1, (0.3, 0.4, 0.45)),
                Point(0.2, (0.2, 0.42, 0.44)),
                Point(0.4, (0.05, 0.1, 0.4)),
            )
        },
        "grey": {},
    },
)
MIDDLING = 2.0
PACKAGED = Table.packaged()
payloads = st.floats(0, 8)


def picture(height=256, width=256, channels=3, depth=8, alpha=None):
    kind = np.uint8 if depth == 8 else np.uint16
    return picture_from_array(np.full((height, width, channels), 99, kind), alpha)


def test_what_was_measured_is_found_again():
    assert MADE_UP.error("rgb", "planes", 0.1, MIDDLING) == pytest.approx(0.4)
    assert MADE_UP.error("rgb", "planes", 0.4, MIDDLING) == pytest.approx(0.1)


def test_nothing_embedded_leaves_a_coin():
    assert MADE_UP.error("rgb", "planes", 0.0, MIDDLING) == pytest.approx(0.5)


def test_a_larger_payload_that_measured_better_by_chance_is_not_believed():
    assert MADE_UP.error("rgb", "planes", 0.2, MIDDLING) == pytest.approx(0.4)


def test_a_smoother_crop_that_measured_better_by_chance_is_not_believed():
    odd = msgspec.structs.replace(
        MADE_UP, errors={"rgb": {"planes": (Point(0.4, (0.3, 0.2, 0.4)),)}, "grey": {}}
    )
    assert odd.error("rgb", "planes", 0.4, 1.0) == pytest.approx(0.2)
    assert odd.error("rgb", "planes", 0.4, 3.0) == pytest.approx(0.4)


def test_rough_crops_have_their_own_figures_and_those_between_lie_between():
    errors = [MADE_UP.error("rgb", "planes", 0.4, rough) for rough in (0, 1, 1.5, 2, 3, 9)]
    assert errors[0] == errors[1] == pytest.approx(0.05)
    assert errors == sorted(errors)
    assert errors[4] == errors[5] == pytest.approx(0.4)


@given(one=payloads, other=payloads, rough=st.floats(0, 9))
def test_more_payload_is_never_harder_to_find(one, other, rough):
    less, more = sorted((one, other))
    for colour, methods in PACKAGED.errors.items():
        for method in methods:
            found = [PACKAGED.error(colour, method, each, rough) for each in (more, less)]
            assert 0 <= found[0] <= found[1] + 1e-12 <= 0.5 + 1e-12


def test_a_mode_that_was_not_measured_is_taken_for_the_plainest():
    assert MADE_UP.error("rgb", "to come", 0.3, 1.2) == MADE_UP.error("rgb", "planes", 0.3, 1.2)


def test_the_packaged_table_has_both_colours_with_its_making():
    modes = {mode.value for mode in Mode} - {"auto"}
    for colour in ("grey", "rgb"):
        assert modes <= set(PACKAGED.errors[colour])
        for points in PACKAGED.errors[colour].values():
            rates = [point.payload for point in points]
            assert rates == sorted(set(rates))
            assert rates[0] > 0
            assert all(0 <= error <= 0.5 for point in points for error in point.errors)
        assert list(PACKAGED.roughness[colour]) == sorted(PACKAGED.roughness[colour])
    assert PACKAGED.crop_pixels == 256 * 256
    assert PACKAGED.splits >= 5
    assert PACKAGED.date > "2026"


@pytest.mark.parametrize("side", [64, 256, 1024])
def test_payloads_that_grow_with_the_root_of_the_pixels_are_found_alike(side):
    samples = 3 * side * side
    total = round(0.3 * samples / 8 * 256 / side)
    found = expected_error(picture(side, side), Mode.PLANES, total, table=MADE_UP)
    assert found == pytest.approx(MADE_UP.error("rgb", "planes", 0.3, 0.0), abs=1e-3)


def test_flat_costs_are_easier_to_find_than_texture_and_harder_than_planes():
    flat = expected_error(picture(), Mode.ADAPTIVE, 3000, cost=Cost.FLAT)
    assert expected_error(picture(), Mode.PLANES, 3000) < flat
    assert flat < expected_error(picture(), Mode.ADAPTIVE, 3000)


def test_at_one_payload_a_larger_cover_hides_better():
    errors = [expected_error(picture(side, side), Mode.PLANES, 1000) for side in (60, 200, 900)]
    assert all(one < other for one, other in itertools.pairwise(errors))


def test_transparent_pixels_count_for_nothing():
    half = np.full((256, 256), 255, np.uint8)
    half[:, :128] = 0
    holed, whole = picture(alpha=half), picture(width=128)
    assert expected_error(holed, Mode.PLANES, 3000) == expected_error(whole, Mode.PLANES, 3000)
    invisible = picture(alpha=np.zeros((256, 256), np.uint8))
    assert expected_error(invisible, Mode.PLANES, 3000) == 0.5


def test_only_what_was_measured_and_has_no_flaw_gets_a_figure():
    told = [picture(), picture(channels=1)]
    assert all(reported_error(each, Mode.PLANES, 100, ()) is not None for each in told)
    assert reported_error(picture(depth=16), Mode.PLANES, 100, ()) is None
    assert reported_error(picture(), Mode.PLANES, 100, ["it was JPEG"]) is None


def test_hiding_reports_it_and_warns_below_four_tenths():
    rng = np.random.default_rng(5)
    cover = picture_from_array(rng.normal(128, 20, (256, 256, 3)).astype(np.uint8))
    for size, calm in ((4, True), (20000, False)):
        report = hide(cover, SecretFile("", "", rng.bytes(size)), bytes(32)).report
        mode = Mode(report.mode)
        assert report.expected_error == expected_error(cover, mode, report.payload_bytes)
        assert (report.expected_error >= 0.4) is calm
        assert (report.warnings == ()) is calm


def test_covers_of_other_kinds_get_no_figure():
    rng = np.random.default_rng(5)
    cover = picture_from_array(rng.normal(30000, 5000, (99, 99)).astype(np.uint16))
    assert hide(cover, SecretFile("", "", bytes(9)), bytes(32)).report.expected_error is None
