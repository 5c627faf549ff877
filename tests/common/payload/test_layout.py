"""What may change and what never does."""

from __future__ import annotations

import dataclasses
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.payload.keys import PayloadKeys
from underpaint_common.payload.layout import Layout, geometry_of, usable_samples, with_samples
from underpaint_common.stego.reserved import RESERVED_SAMPLES

KEYS = PayloadKeys(bytes(32))


@settings(deadline=None)
@given(
    height=st.integers(1, 30),
    width=st.integers(1, 30),
    channels=st.sampled_from([1, 3]),
    holes=st.sampled_from([-1.0, 0.0, 0.4, 1.0]),
)
def test_usable_samples_go_back_where_they_came_from(cover, height, width, channels, holes):
    picture = cover(height, width, channels, holes=holes)
    flat = usable_samples(picture).copy()
    assert np.array_equal(with_samples(picture, flat), picture.samples)
    changed = with_samples(picture, flat ^ np.uint8(1))
    unseen = np.zeros((height, width), bool) if picture.alpha is None else picture.alpha == 0
    assert np.array_equal(changed[unseen], picture.samples[unseen])
    assert (changed[~unseen] != picture.samples[~unseen]).all()
    assert flat.size == channels * np.count_nonzero(~unseen)


@pytest.mark.parametrize("shape", [(1500, 1000), (6, 250_000)], ids=["bands of rows", "long rows"])
def test_what_is_transparent_costs_a_copy_and_no_more(cover, shape):
    picture = cover(*shape, 3, holes=0.4)
    tracemalloc.start()
    flat = usable_samples(picture)
    changed = with_samples(picture, flat)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    expected = picture.samples[picture.alpha != 0].reshape(-1)
    assert np.array_equal(flat, expected)
    assert np.array_equal(changed, picture.samples)
    assert peak < flat.nbytes + changed.nbytes + picture.alpha.nbytes + 3_000_000


def test_everything_has_its_own_samples(cover):
    flat = usable_samples(cover())
    layout = Layout.of(flat, KEYS)
    assert len(layout.sequence) == flat.size - RESERVED_SAMPLES
    assert set(layout.header.tolist()) <= set(layout.sequence.reserved)
    other = Layout.of(flat, PayloadKeys(b"k" * 32))
    assert set(layout.header.tolist()) != set(other.header.tolist())


def test_the_header_moves_when_the_salt_changes(cover):
    flat = usable_samples(cover()).copy()
    before = Layout.of(flat, KEYS)
    salt = sorted(set(before.sequence.reserved) - set(before.header.tolist()))
    flat[salt[0]] ^= 1
    after = Layout.of(flat, KEYS)
    assert set(before.header.tolist()) != set(after.header.tolist())


def test_too_few_samples_are_refused(cover):
    with pytest.raises(ValueError, match="are needed"):
        Layout.of(usable_samples(cover(1, RESERVED_SAMPLES - 1, 1)), KEYS)


def test_the_geometry_tells_pictures_of_equal_size_apart(cover):
    one = geometry_of(cover(20, 30))
    assert one.encode() != geometry_of(cover(30, 20)).encode()
    assert one.encode() != geometry_of(cover(20, 30, 3, 16)).encode()
    assert one.encode() != dataclasses.replace(one, channels=1).encode()
