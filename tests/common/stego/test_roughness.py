"""Roughness: nothing in what is smooth, more with noise, and the same for turned pictures."""

from __future__ import annotations

import numpy as np
import pytest

from underpaint_common.stego.roughness import roughness


def noise(deviation: float, shape: tuple[int, int, int] = (90, 70, 3)) -> np.ndarray:
    rng = np.random.default_rng(1)
    return rng.normal(128, deviation, shape).clip(0, 255).astype(np.uint8)


def test_flat_pictures_ramps_and_slivers_are_smooth():
    assert roughness(np.full((50, 60, 3), 9, np.uint8)) == 0
    ramp = np.add.outer(np.arange(100), np.arange(100)).astype(np.uint8)[:, :, None]
    assert roughness(ramp) == 0
    assert roughness(noise(20, (2, 500, 3))) == 0


def test_it_is_what_the_filter_says():
    picture = noise(30)
    wide = picture.astype(int)
    total = 0.0
    for down, row in ((0, 1), (1, -2), (2, 1)):
        for right, column in ((0, 1), (1, -2), (2, 1)):
            part = wide[down : down + 88, right : right + 68]
            total = total + row * column * part
    assert roughness(picture) == pytest.approx(np.log2(1 + np.abs(total)).mean(), rel=1e-5)


def test_more_noise_is_rougher_and_turning_changes_nothing():
    found = [roughness(noise(deviation)) for deviation in (0, 1, 4, 16)]
    assert found == sorted(set(found))
    picture = noise(10)
    assert roughness(picture[::-1]) == pytest.approx(roughness(picture))
    turned = np.ascontiguousarray(picture.swapaxes(0, 1))
    assert roughness(turned) == pytest.approx(roughness(picture))


def test_a_hard_edge_is_no_texture():
    edge = np.zeros((100, 100, 1), np.uint8)
    edge[10:90, 10:90] = 255
    assert roughness(edge) < 0.5 < roughness(noise(1, (100, 100, 1)))


def test_of_a_large_picture_a_part_stands_for_the_whole():
    large = np.concatenate([noise(2, (1000, 900, 3)), noise(12, (1000, 900, 3))])
    halves = (roughness(noise(2)) + roughness(noise(12))) / 2
    assert roughness(large) == pytest.approx(halves, abs=0.1)


def test_sixteen_bits_are_seen_in_their_own_steps():
    picture = noise(3)
    wide = picture.astype(np.uint16) * np.uint16(256)
    assert roughness(wide) > roughness(picture) + 5
