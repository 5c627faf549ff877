"""The classical detectors read replacement off, and take one plane of ours for a cover."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from underpaint_common.stego import planes
from underpaint_common.stego.detect.sample_pairs import sample_pairs
from underpaint_common.stego.detect.weighted_stego import weighted_stego
from underpaint_common.stego.sequence import Sequence

DETECTORS = (sample_pairs, weighted_stego)


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


@pytest.mark.parametrize(("detector", "bound"), [(sample_pairs, 0.02), (weighted_stego, 0.04)])
def test_kodak_readings_are_as_near_as_published_ones(shared, detector, bound):
    errors = []
    for seed, channel in enumerate(channels(shared)):
        rate = (0.0, 0.25, 0.5, 0.75)[seed % 4]
        errors.append(abs(detector(replaced(channel, rate, seed)) - rate))
    assert np.median(errors) <= bound


@pytest.mark.parametrize("detector", DETECTORS)
def test_kodak_with_one_plane_of_ours_reads_as_kodak(shared, detector):
    shifts = [
        detector(matched(channel, rate, seed)) - detector(channel)
        for seed, channel in enumerate(channels(shared))
        for rate in (0.4, 1.0)
    ]
    assert np.median(np.abs(shifts)) < 0.03


@pytest.mark.parametrize("detector", DETECTORS)
def test_flat_pictures_and_wrong_shapes(detector):
    assert 0 <= detector(np.full((20, 20), 77, np.uint8)) <= 1
    assert 0 <= detector(np.zeros((3, 3), np.uint16)) <= 1
    with pytest.raises(ValueError, match="one channel"):
        detector(np.zeros((4, 4, 3), np.uint8))
