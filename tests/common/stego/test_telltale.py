"""Gaps in a histogram are seen where they are, and not where they are not."""

from __future__ import annotations

import numpy as np
import pytest

from underpaint_common.stego.telltale import flat_share, has_gaps, is_flat, occupancy


def natural(depth: int = 8, seed: int = 1) -> np.ndarray:
    """Return a bell-shaped picture that fills its range as a photograph does."""
    rng = np.random.default_rng(seed)
    values = rng.normal(0.45, 0.15, (300, 400, 3)).clip(0, 1) * ((1 << depth) - 1)
    return values.round().astype(np.uint8 if depth == 8 else np.uint16)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("seed", range(5))
def test_a_natural_histogram_has_no_gaps(depth, seed):
    assert not has_gaps(natural(depth, seed))


@pytest.mark.parametrize("factor", [1.15, 1.5, 2.0])
def test_stretched_contrast_is_seen(factor):
    stretched = (natural().astype(np.float64) * factor).clip(0, 255).astype(np.uint8)
    assert has_gaps(stretched)


def test_8_bits_spread_over_16_are_seen():
    assert has_gaps(natural().astype(np.uint16) * np.uint16(257))
    assert has_gaps(natural().astype(np.uint16) << np.uint16(8))


@pytest.mark.parametrize("plane", [1, 2, 3])
def test_empty_low_planes_are_seen(plane):
    assert has_gaps((natural() >> plane) << plane)


def test_one_channel_is_enough():
    picture = natural()
    picture[:, :, 1] &= np.uint8(0xFE)
    assert has_gaps(picture)


def test_kodak_photographs_have_no_gaps(shared):
    from PIL import Image

    for path in sorted((shared / "images" / "kodak").glob("*.png"))[::4]:
        with Image.open(path) as image:
            assert not has_gaps(np.asarray(image)), path


@pytest.mark.parametrize("value", [0, 100, 255])
def test_one_colour_and_large_areas_of_it_are_seen(value):
    plain = np.full((300, 400, 3), value, np.uint8)
    assert is_flat(plain)
    part = natural()
    part[:100] = value
    assert is_flat(part)
    assert flat_share(part) == pytest.approx(1 / 3, abs=0.03)


@pytest.mark.parametrize("depth", [8, 16])
def test_a_natural_picture_is_not_flat(depth):
    assert flat_share(natural(depth)) == 0.0


def test_one_flat_channel_is_enough():
    picture = natural()
    picture[:, :, 2] = 7
    assert is_flat(picture)


def test_hardly_a_kodak_photograph_is_flat(shared):
    from PIL import Image

    flat = []
    for path in sorted((shared / "images" / "kodak").glob("*.png")):
        with Image.open(path) as image:
            if is_flat(np.asarray(image)):
                flat.append(path.stem)
    assert flat == ["kodim20"], "an aeroplane before a white sky"


def test_little_or_nothing_is_not_judged():
    assert not has_gaps(np.zeros((10, 10, 3), np.uint8))
    assert not is_flat(np.zeros((10, 10, 3), np.uint8))
    assert not is_flat(np.zeros((4, 2000, 3), np.uint8))
    assert occupancy(np.zeros(0, np.uint8)) == 1.0
