"""Directions chosen afterwards: the same samples by the same step, and less to be read of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.stego import directions
from underpaint_common.stego.detect.chi_square import chi_square
from underpaint_common.stego.detect.weighted_stego import weighted_stego
from underpaint_common.stego.directions import redirect


def by_lot(cover, rate, rng):
    """Return the stego image of plus-minus-one matching at random samples."""
    flat = cover.reshape(-1).astype(np.int32)
    where = rng.random(flat.size) < rate / 2
    steps = rng.choice(np.array([-1, 1]), flat.size)
    steps[flat == 0], steps[flat == np.iinfo(cover.dtype).max] = 1, -1
    return (flat + steps * where).astype(cover.dtype).reshape(cover.shape)


def clipped(rng, shape=(256, 256, 3)):
    """Return slopes with noise, a corner of which is too dark to be more than black."""
    height, width, channels = shape
    slopes = np.add.outer(np.linspace(-14, 160, height), np.linspace(-14, 80, width))
    noise = rng.normal(0, 2, shape) + np.arange(channels)
    return (slopes[:, :, None] + noise).clip(0, 255).astype(np.uint8)


@settings(deadline=None)
@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    channels=st.integers(1, 4),
    low=st.integers(0, 255),
    spread=st.integers(1, 256),
    rate=st.floats(0, 2),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_same_samples_differ_by_the_same_step(height, width, channels, low, spread, rate, seed):
    rng = np.random.default_rng(seed)
    shape = height, width, channels
    cover = rng.integers(low, min(low + spread, 256), shape).astype(np.uint8)
    stego = by_lot(cover, rate, rng)
    found = stego.copy()
    redirect(cover, found, rng.bytes)
    assert np.array_equal(found & 1, stego & 1)
    step = found.astype(np.int16) - cover
    assert np.array_equal(np.abs(step), np.abs(stego.astype(np.int16) - cover))


def test_a_picture_of_many_blocks_is_treated_as_one(monkeypatch):
    rng = np.random.default_rng(3)
    cover = clipped(rng)
    lots = by_lot(cover, 0.4, rng)
    found = []
    for block in (directions.BLOCK, 5000):
        monkeypatch.setattr(directions, "BLOCK", block)
        stego = lots.copy()
        redirect(cover, stego, np.random.default_rng(4).bytes)
        ups = [cover[:, :, each][stego[:, :, each] > cover[:, :, each]] for each in range(3)]
        found.append([np.bincount(each, minlength=256) for each in ups])
    assert np.abs(np.subtract(*found)).max() <= 1


def test_replacement_at_the_end_of_the_range_is_not_read_any_more():
    readings = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        cover = clipped(rng, (400, 400, 3))
        lots = by_lot(cover, 0.4, rng)
        chosen = lots.copy()
        redirect(cover, chosen, rng.bytes)
        readings.append([reading(each) for each in (cover, lots, chosen)])
    plain, seen, left = np.mean(readings, axis=0)
    assert seen - plain > 0.008
    assert abs(left - plain) < (seen - plain) / 2


def reading(samples):
    """Return what weighted stego analysis reads, on average over the channels."""
    return np.mean([weighted_stego(samples[:, :, each], bounded=False) for each in range(3)])


def test_the_two_values_of_a_pair_stay_as_unlike_as_they_were():
    rng = np.random.default_rng(5)
    # A histogram with structure of its own, as development of photographs leaves it.
    values = rng.permutation(np.repeat(np.arange(20, 220), rng.integers(150, 480, 200)))
    cover = values[: 256 * 200].astype(np.uint8).reshape(256, 200, 1)
    statistic = {}
    for name, stego in (("cover", cover), ("lots", by_lot(cover, 0.4, rng))):
        statistic[name] = unlikeness(stego)
        if name == "lots":
            redirect(cover, stego, rng.bytes)
            statistic["chosen"] = unlikeness(stego)
            assert chi_square(stego[:, :, 0]) < 0.01
    assert statistic["lots"] < 0.7 * statistic["cover"]
    assert abs(statistic["chosen"] - statistic["cover"]) < 0.12 * statistic["cover"]


def unlikeness(samples):
    """Return chi-square's sum over pairs of values."""
    counts = np.bincount(samples.reshape(-1), minlength=256)
    even, odd = counts[::2], counts[1::2]
    return float(((even - odd) ** 2 / np.maximum(even + odd, 1)).sum())


def test_16_bits_and_what_is_unchanged_stay_as_they_are():
    rng = np.random.default_rng(6)
    cover = rng.integers(0, 65536, (20, 30, 3)).astype(np.uint16)
    stego = by_lot(cover, 0.5, rng)
    before = stego.copy()
    redirect(cover, stego, rng.bytes)
    assert np.array_equal(stego, before)

    def none(count: int) -> bytes:
        raise AssertionError("no lots are needed")

    small = clipped(rng)
    redirect(small, small.copy(), none)


@pytest.mark.parametrize("shape", [(4, 4, 5), (5, 4, 1)])
def test_what_does_not_belong_together_is_refused(shape):
    cover = np.zeros((4, 4, 1) if shape[2] == 1 else shape, np.uint8)
    with pytest.raises(ValueError, match="one to four channels"):
        redirect(cover, np.zeros(shape, np.uint8), bytes)
