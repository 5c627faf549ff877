"""Residuals, co-occurrences and features against their definitions, written out naively."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.benchmarks.detect.cache import Cache
from tests.benchmarks.detect.cooccurrences import (
    fours,
    mirrored,
    mirrored_and_negated,
    negated,
    quantise,
    threes,
)
from tests.benchmarks.detect.features import features
from tests.benchmarks.detect.residuals import MARGIN, residuals

RNG = np.random.default_rng(3)
LEVELS = RNG.integers(0, 5, (9, 11), np.uint8)
# Weights of the square kernels, of the halves that look up, and of differences to the right.
SQUARE3 = ((-1, 2, -1), (2, -4, 2), (-1, 2, -1))
SQUARE5 = (
    (-1, 2, -2, 2, -1),
    (2, -6, 8, -6, 2),
    (-2, 8, -12, 8, -2),
    (2, -6, 8, -6, 2),
    (-1, 2, -2, 2, -1),
)
EDGE3 = ((-1, 2, -1), (2, -4, 2), (0, 0, 0))
EDGE5 = (*SQUARE5[:3], (0,) * 5, (0,) * 5)
THIRD = ((0, 1, -3, 3, -1),)


def filtered(channel: np.ndarray, kernel: tuple[tuple[int, ...], ...]) -> np.ndarray:
    """Return what a kernel gives at each sample that has a margin."""
    height, width = (side - 2 * MARGIN for side in channel.shape)
    top, left = MARGIN - len(kernel) // 2, MARGIN - len(kernel[0]) // 2
    total = np.zeros((height, width), np.int64)
    for row, weights in enumerate(kernel):
        for column, weight in enumerate(weights):
            y, x = top + row, left + column
            total += weight * channel[y : y + height, x : x + width].astype(np.int64)
    return total


def test_residuals_are_those_of_the_kernels():
    channel = RNG.choice(np.array([0, 3, 128, 255], np.uint8), (14, 17))
    found = residuals(channel)
    assert np.array_equal(found.square3, filtered(channel, SQUARE3))
    assert np.array_equal(found.square5, filtered(channel, SQUARE5))
    assert np.array_equal(found.edge3[0], filtered(channel, EDGE3))
    assert np.array_equal(found.edge5[0], filtered(channel, EDGE5))
    # Five weights with the sample in the middle; one more to the right than to the left.
    assert np.array_equal(found.third[0], filtered(channel, THIRD))
    assert np.array_equal(found.first[0], filtered(channel, ((0, -1, 1),)))
    assert np.array_equal(found.second[0], filtered(channel, ((1, -2, 1),)))


def test_turned_pictures_have_turned_residuals():
    channel = RNG.integers(0, 256, (15, 15), np.uint8)
    found, turned = residuals(channel), residuals(channel[::-1])
    assert np.array_equal(found.edge3[0][::-1], turned.edge3[1])
    assert np.array_equal(found.edge5[0][::-1], turned.edge5[1])
    across = residuals(channel.T.copy())
    assert np.array_equal(found.edge3[0].T, across.edge3[2])
    assert np.array_equal(found.edge5[1].T, across.edge5[3])


@given(value=st.integers(-11_000, 11_000), step=st.sampled_from([1, 2, 3, 4, 12]))
def test_residuals_are_rounded_and_cut_off(value, step):
    (level,) = quantise(np.array([value], np.int16), step).tolist()
    rounded = int(np.sign(value) * np.floor(abs(value) / step + 0.5))
    assert level == min(max(rounded, -2), 2) + 2


@pytest.mark.parametrize("down", [False, True])
def test_fours_are_counted(down):
    lines = LEVELS.T if down else LEVELS
    expected = np.zeros((5,) * 4)
    for line in lines:
        for start in range(line.size - 3):
            expected[tuple(line[start : start + 4])] += 1
    assert np.array_equal(fours(LEVELS, down=down), expected.reshape(-1))


def test_threes_are_counted_and_negatives_added_up():
    red, green, blue = RNG.integers(0, 5, (3, 7, 8), np.uint8)
    counts = threes(red, green, blue)
    assert counts.sum() == 56
    assert counts[red[2, 3] * 25 + green[2, 3] * 5 + blue[2, 3]] >= 1
    four = np.uint8(4)
    assert np.array_equal(negated(counts), negated(threes(four - red, four - green, four - blue)))


def test_mirror_images_and_negatives_count_as_one():
    counts, back = fours(LEVELS, down=False), fours(LEVELS[:, ::-1], down=False)
    assert not np.array_equal(counts, back)
    assert np.array_equal(mirrored([counts]), mirrored([back]))
    negative = fours(np.uint8(4) - LEVELS, down=False)
    assert not np.array_equal(mirrored([counts]), mirrored([negative]))
    assert np.array_equal(mirrored_and_negated([counts]), mirrored_and_negated([negative]))
    assert mirrored([counts]).size == 325
    assert mirrored_and_negated([counts]).size == 169
    assert np.square(mirrored([counts])).sum() == pytest.approx(1)


@pytest.mark.parametrize(("channels", "numbers"), [(1, 5252), (3, 7772)])
def test_features_have_their_number_and_brightness_does_not_matter(channels, numbers):
    picture = RNG.integers(0, 200, (40, 40, channels), np.uint8)
    found = features(picture)
    assert found.shape == (numbers,)
    assert np.array_equal(found, features(picture + np.uint8(55)))
    assert not np.array_equal(found, features(picture[::-1] // np.uint8(2)))


def test_features_are_kept_and_a_ruined_file_is_made_again(tmp_path):
    picture = RNG.integers(0, 256, (20, 20, 1), np.uint8)
    first = Cache(tmp_path).features(picture)
    (kept,) = tmp_path.rglob("*.npy")
    assert np.array_equal(np.load(kept), first)
    kept.write_bytes(b"ruined")
    assert np.array_equal(Cache(tmp_path).features(picture), first)
    Cache(tmp_path).features(picture ^ np.uint8(1))
    assert len(list(tmp_path.rglob("*.npy"))) == 2
