"""The chi-square attack sees full and sequential embedding, and knows its distribution."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from underpaint_common.stego.detect.chi_square import (
    chi_square,
    chi_square_prefixes,
    embedded_beginning,
    survival,
)


def uneven(seed: int, kind=np.uint8) -> np.ndarray:
    """Return one channel whose even values are met more often than the odd ones, as no noise is."""
    rng = np.random.default_rng(seed)
    values = rng.normal(120, 30, (200, 300)).clip(0, 255).astype(kind)
    return np.where(rng.random(values.shape) < 0.5, values & kind(0xFE), values)


def filled(channel: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Return the channel with plane 0 replaced from its first sample up to a share."""
    flat = channel.reshape(-1).copy()
    count = int(flat.size * share)
    bits = np.random.default_rng(seed).integers(0, 2, count).astype(channel.dtype)
    flat[:count] = (flat[:count] & channel.dtype.type(0xFFFE & np.iinfo(channel.dtype).max)) | bits
    return flat.reshape(channel.shape)


def half_filled(channel: np.ndarray, seed: int) -> np.ndarray:
    """Return the channel with plane 0 replaced in every other sample."""
    full = filled(channel, 1.0, seed)
    full[:, ::2] = channel[:, ::2]
    return full


@given(st.floats(0, 400), st.integers(1, 300))
def test_the_distribution_is_scipys(statistic, freedom):
    expected = stats.chi2.sf(statistic, freedom)
    assert survival(statistic, freedom) == pytest.approx(expected, rel=1e-9, abs=1e-300)


@pytest.mark.parametrize("freedom", [1, 2, 127, 32767])
def test_the_distribution_holds_far_out(freedom):
    assert survival(0.0, freedom) == 1.0
    assert survival(1e6, freedom) == pytest.approx(0.0, abs=1e-300)
    middle = survival(float(freedom), freedom)
    assert middle == pytest.approx(stats.chi2.sf(freedom, freedom), rel=1e-8)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_full_embedding_is_seen(kind):
    cover = uneven(1, kind)
    assert chi_square(cover) < 1e-6
    readings = [chi_square(filled(uneven(seed, kind), 1.0, seed)) for seed in range(20)]
    assert min(readings) > 0.99
    # Spread over half of the samples it stays unseen: the test is no estimator.
    assert chi_square(half_filled(cover, 1)) < 1e-6


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 1.0])
def test_a_payload_in_order_is_seen_up_to_where_it_ends(share):
    for seed in range(5):
        prefixes = chi_square_prefixes(filled(uneven(seed), share, seed))
        assert len(prefixes) == 20
        assert embedded_beginning(prefixes) == pytest.approx(share, abs=0.1)


def test_the_last_prefix_is_the_whole_channel():
    channel = filled(uneven(3), 0.5, 3)
    prefixes = chi_square_prefixes(channel, parts=7)
    assert prefixes[-1] == chi_square(channel)
    assert prefixes[0] == chi_square(channel.reshape(-1)[: channel.size // 7][None])
    assert prefixes == chi_square_prefixes(np.dstack([channel, channel])[:, :, 1], parts=7)


def test_flat_and_tiny_pictures_tell_nothing():
    assert chi_square(np.full((50, 50), 9, np.uint8)) == 0.0
    assert chi_square_prefixes(np.full((1, 1), 9, np.uint16)) == (0.0,) * 20
    with pytest.raises(ValueError, match="one channel"):
        chi_square(np.zeros((0, 4), np.uint8))
    with pytest.raises(ValueError, match="one channel"):
        chi_square(np.zeros((4, 4, 3), np.uint8))
