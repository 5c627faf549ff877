"""A seeded sample of `make bench-detect`: what is easily found is found, and a coin stays one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np
import pytest
from tests.benchmarks.detect.crops import Colour, read_crops
from tests.benchmarks.detect.judging import TRAINED, Error, Trial, judge, thirds_of, trained_error
from tests.benchmarks.detect.methods import PAYLOADS, Condition, Method, conditions
from tests.benchmarks.detect.reading import Plan, read_all, read_jpeg
from tests.benchmarks.detect.results import Measured, write_table
from tests.benchmarks.detect.splits import splits
from tests.benchmarks.detect.structural import DETECTORS

from underpaint_common.payload.detectability import Point, Table

CROPS, SEED, SUBSPACES = 44, 5, (40,)
CONDITION = Condition(Method.REPLACEMENT, 0.4)


@pytest.fixture
def pool():
    # One: `hide` is made to repeat itself by replacing names of its module for a while.
    with ThreadPoolExecutor(1) as threads:
        yield threads


def test_replacement_is_caught_and_covers_are_not(shared, tmp_path, pool):
    crops = read_crops(shared / "crops", CROPS, SEED)
    photos = [crop.photo for crop in crops]
    thirds, _ = thirds_of(range(CROPS))
    trial = Trial(splits(photos, 5, SEED), thirds, SEED, SUBSPACES)
    readings = read_all(Plan(Colour.RGB, (CONDITION,), SEED, tmp_path), crops, pool)
    (found,) = judge(readings, trial, pool)
    for name in (TRAINED, "RS", "sample pairs", "weighted stego"):
        assert found[name].mean < 0.2, name
    # Covers against other covers: there is nothing to find.
    half = CROPS // 2
    trial = Trial(splits(photos[:half], 5, SEED), thirds[:half], SEED, SUBSPACES)
    coin = trained_error(readings.features[0][:half], readings.features[0][half:], trial)
    assert abs(coin.mean - 0.5) < 4 * np.sqrt(0.25 / CROPS)


def test_thirds_are_as_many_and_ordered_and_their_errors_make_the_whole():
    rough = np.random.default_rng(1).normal(3, 1, 90)
    thirds, medians = thirds_of(rough)
    assert np.bincount(thirds).tolist() == [30, 30, 30]
    assert medians == tuple(sorted(medians))
    assert rough[thirds == 0].max() < rough[thirds == 2].min()
    everything = np.ones(90, bool)
    covers, stegos = np.random.default_rng(2).normal(0, 1, (2, 90))
    whole, *parts = Trial([], thirds, 0).errors(covers, stegos, 0.3, everything)
    assert np.mean(parts) == pytest.approx(whole)


def test_a_cover_that_was_jpeg_is_caught_at_the_least_payload(shared, tmp_path, pool):
    crops = read_crops(shared / "crops", 6, SEED)
    plan = Plan(Colour.GREY, (Condition(Method.PLANES, PAYLOADS[0]),), SEED, tmp_path)
    covers, stegos = read_jpeg(plan, crops, 90, pool)
    assert covers.max() < stegos.min()


def test_the_table_is_what_the_package_reads(tmp_path):
    errors = {}
    for condition in conditions():
        found = Error(0.6 - condition.payload, 0.01, (0.1, 0.3, 0.6 - condition.payload))
        errors[condition] = dict.fromkeys([TRAINED, *DETECTORS], found)
    jpeg, rough = dict.fromkeys(errors, Error(0.0, 0.0)), (1.0, 2.0, 3.0)
    measured = [Measured(colour, 450, 305, 5, 1, rough, errors, jpeg) for colour in Colour]
    write_table(measured, tmp_path / "table.json")
    table = msgspec.json.decode((tmp_path / "table.json").read_bytes(), type=Table)
    assert table.error("rgb", "planes", 0.2, 3.0) == pytest.approx(0.4)
    assert table.errors["grey"]["planes"][0] == Point(0.05, (0.1, 0.3, 0.5))
    assert "0.550 ± 0.010" in measured[0].table()
