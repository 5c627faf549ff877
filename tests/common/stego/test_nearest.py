"""The fast formula equals a search through every value in range."""

from __future__ import annotations

import numpy as np
import pytest

from underpaint_common.stego.nearest import Windows, move_to_nearest


def nearest_by_search(sample: int, value: int, planes: int, peak: int) -> set[int]:
    """Return all nearest values in range with the given low bits: one, or two at equal distance."""
    fitting = range(value, peak + 1, 1 << planes)
    distance = min(abs(each - sample) for each in fitting)
    return {each for each in fitting if abs(each - sample) == distance}


@pytest.mark.parametrize("planes", range(1, 9))
def test_every_sample_and_value_of_8_bits_goes_to_the_nearest_in_range(planes):
    samples = np.repeat(np.arange(256, dtype=np.uint8), 1 << planes)
    values = np.tile(np.arange(1 << planes, dtype=np.uint8), 256)
    results = []
    for coin in (0, 1):
        moved = samples.copy()
        windows = Windows.of(np.full(samples.size, (1 << planes) - 1, np.uint8))
        move_to_nearest(moved, values.copy(), np.full(samples.size, coin, np.uint8), windows)
        results.append(moved)
    for sample, value, low, high in zip(samples, values, *results, strict=True):
        best = nearest_by_search(int(sample), int(value), planes, 255)
        assert {int(low), int(high)} == best
        assert low <= high


@pytest.mark.parametrize("planes", [1, 3, 8])
def test_16_bit_samples_near_the_edges_and_inside(planes):
    edges = [0, 1, 2, 127, 128, 255, 256, 30000, 65279, 65280, 65407, 65408, 65533, 65534, 65535]
    for sample in edges:
        values = np.arange(1 << planes, dtype=np.uint16)
        moved = np.full(values.size, sample, np.uint16)
        windows = Windows.of(np.full(values.size, (1 << planes) - 1, np.uint16))
        move_to_nearest(moved, values.copy(), np.zeros(values.size, np.uint16), windows)
        for value, got in zip(values.tolist(), moved.tolist(), strict=True):
            assert got in nearest_by_search(sample, value, planes, 65535)
