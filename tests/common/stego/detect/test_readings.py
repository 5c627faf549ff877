"""All detectors at once are the detectors one by one."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from underpaint_common.stego.detect.chi_square import (
    chi_square,
    chi_square_prefixes,
    embedded_beginning,
)
from underpaint_common.stego.detect.readings import Readings, read_channels
from underpaint_common.stego.detect.rs import rs
from underpaint_common.stego.detect.sample_pairs import sample_pairs
from underpaint_common.stego.detect.weighted_stego import weighted_stego


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_channel_is_read_by_every_detector(kind, channels):
    rng = np.random.default_rng(7)
    samples = rng.normal(90, 12, (60, 80, channels)).astype(kind)
    expected = tuple(
        Readings(
            chi_square_prefixes(channel),
            rs(channel),
            sample_pairs(channel),
            weighted_stego(channel),
        )
        for channel in np.moveaxis(samples, 2, 0)
    )
    assert read_channels(samples) == expected
    assert [each.chi_square for each in expected] == [
        chi_square(samples[:, :, channel]) for channel in range(channels)
    ]
    assert [each.beginning for each in expected] == [
        embedded_beginning(each.prefixes) for each in expected
    ]


def test_memory_does_not_grow_with_the_picture():
    samples = np.random.default_rng(1).integers(0, 256, (1500, 1000, 3), np.uint8)
    read_channels(samples[:100])
    tracemalloc.start()
    read_channels(samples)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3e6


@pytest.mark.parametrize("shape", [(20, 20), (2, 9, 3), (9, 2, 3)])
def test_what_cannot_be_read_is_refused(shape):
    with pytest.raises(ValueError, match="3 each way"):
        read_channels(np.zeros(shape, np.uint8))
