"""The estimators read replacement off, and take one plane of ours for a cover."""

from __future__ import annotations

import functools
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from underpaint_common.stego import planes
from underpaint_common.stego.detect.rs import _excess, rs
from underpaint_common.stego.detect.sample_pairs import sample_pairs
from underpaint_common.stego.detect.weighted_stego import weighted_stego
from underpaint_common.stego.sequence import Sequence
from underpaint_common.stego.tiles import tiles

DETECTORS = (sample_pairs, weighted_stego, rs)


def natural(seed: int) -> np.ndarray:
    """Return one channel with the smoothness and the noise of a photograph."""
    rng = np.random.default_rng(seed)
    rough = rng.normal(0, 1, (260, 340))
    smooth = np.cumsum(np.cumsum(rough, axis=0), axis=1)
    smooth = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    return (20 + 200 * smooth + rng.normal(0, 1.5, rough.shape)).round().astype(np.uint8)


def replaced(channel: np.ndarray, rate: float, seed: int) -> np.ndarray:
    """Return the channel with random bits replaced in plane 0 of a share of samples."""
    rng = np.random.default_rng(seed)
    bearing = rng.random(channel.shape) < rate
    bits = rng.integers(0, 2, channel.shape, np.uint8)
    return np.where(bearing, (channel & np.uint8(0xFE)) | bits, channel)


def matched(channel: np.ndarray, rate: float, seed: int) -> np.ndarray:
    """Return the channel with a payload embedded by mode planes."""
    rng = np.random.default_rng(seed)
    flat = channel.reshape(-1).copy()
    body = rng.bytes(int(flat.size * rate / 8))
    sequence = Sequence.without([], flat.size)
    planes.embed(flat, body, sequence=sequence, positions=rng.bytes, coins=rng.bytes)
    return flat.reshape(channel.shape)


def channels(shared) -> list[np.ndarray]:
    """Return the green channels of the Kodak photographs."""
    found = []
    for path in sorted((shared / "images" / "kodak").glob("*.png")):
        with Image.open(path) as image:
            found.append(np.ascontiguousarray(np.asarray(image)[:, :, 1]))
    return found


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5, 0.9])
def test_replacement_is_read_off(detector, rate):
    readings = [detector(replaced(natural(seed), rate, seed)) for seed in range(5)]
    assert np.median(readings) == pytest.approx(rate, abs=0.06)


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("rate", [0.2, 0.5, 1.0])
def test_one_plane_of_ours_looks_like_a_cover(detector, rate):
    for seed in range(4):
        cover = natural(seed)
        assert abs(detector(matched(cover, rate, seed)) - detector(cover)) < 0.06


@pytest.mark.parametrize(
    ("detector", "rates", "bound"),
    [
        (sample_pairs, (0.0, 0.1, 0.25, 0.5, 0.75, 1.0), 0.02),
        (rs, (0.0, 0.1, 0.25, 0.5, 0.75), 0.03),
        (weighted_stego, (0.0, 0.1, 0.25, 0.5, 0.75, 1.0), 0.04),
    ],
)
def test_kodak_readings_are_as_near_as_published_ones(shared, detector, rates, bound):
    """Also at each rate alone: no estimator is carried by the rates that suit it."""
    errors = np.array(
        [
            [abs(detector(replaced(channel, rate, seed)) - rate) for rate in rates]
            for seed, channel in enumerate(channels(shared))
        ]
    )
    assert np.median(errors) <= bound
    assert (np.median(errors, axis=0) <= bound).all()


@pytest.mark.parametrize("detector", DETECTORS)
def test_kodak_with_one_plane_of_ours_reads_as_kodak(shared, detector):
    shifts = [
        detector(matched(channel, rate, seed)) - detector(channel)
        for seed, channel in enumerate(channels(shared))
        for rate in (0.4, 1.0)
    ]
    assert np.median(np.abs(shifts)) < 0.03


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("rate", [0.0, 0.5])
def test_depth_and_layout_change_nothing(detector, rate):
    channel = replaced(natural(3), rate, 3)
    reading = detector(channel)
    assert detector(channel.astype(np.uint16) + 1000) == pytest.approx(reading, abs=1e-5)
    assert detector(np.dstack([channel] * 3)[:, :, 1]) == reading
    assert detector(np.asfortranarray(channel)) == reading


@pytest.mark.parametrize("detector", DETECTORS)
def test_tiles_change_nothing(detector, monkeypatch):
    channel = replaced(natural(5), 0.3, 5)
    whole = detector(channel)
    small = functools.partial(tiles, size=(7, 11))
    monkeypatch.setattr(sys.modules[detector.__module__], "tiles", small)
    assert detector(channel) == pytest.approx(whole, abs=1e-5)


@pytest.mark.parametrize("detector", DETECTORS)
def test_unbounded_readings_fall_where_they_fall(detector):
    readings = [detector(natural(seed), bounded=False) for seed in range(8)]
    assert min(readings) < 0
    assert [detector(natural(seed)) for seed in range(8)] == [max(0, each) for each in readings]


@pytest.mark.parametrize("detector", DETECTORS)
def test_flat_pictures_and_wrong_shapes(detector):
    assert detector(np.full((20, 20), 77, np.uint8)) == 0
    assert detector(np.zeros((3, 3), np.uint16)) == 0
    assert detector(np.full((20, 20), 65535, np.uint16)) == 0
    with pytest.raises(ValueError, match="one channel"):
        detector(np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(ValueError, match="one channel"):
        detector(np.zeros((1, 400), np.uint8))


@given(
    arrays(
        st.sampled_from([np.uint8, np.uint16]),
        st.tuples(st.integers(3, 9), st.integers(3, 9)),
    )
)
def test_any_picture_gives_a_share(channel):
    for detector in DETECTORS:
        assert 0 <= detector(channel) <= 1


def excess(channel: np.ndarray, flip) -> int:
    """Return regular less singular groups, as the paper defines them, one group at a time."""

    def roughness(a, b, c, d):
        return abs(a - b) + abs(a - c) + abs(b - d) + abs(c - d)

    total = 0
    for y in range(channel.shape[0] - 1):
        for x in range(channel.shape[1] - 1):
            a, b, c, d = (int(each) for each in channel[y : y + 2, x : x + 2].reshape(-1))
            total += np.sign(roughness(flip(a), b, c, flip(d)) - roughness(a, b, c, d))
    return int(total)


@given(arrays(np.uint8, (5, 7), elements=st.integers(100, 109)))
def test_regular_and_singular_groups_are_counted_as_defined(channel):
    downward = -(channel & np.uint8(1)).astype(np.int8)
    own, other = _excess(channel, downward)
    assert own == excess(channel, lambda value: value ^ 1)
    assert other == excess(channel, lambda value: ((value + 1) ^ 1) - 1)
