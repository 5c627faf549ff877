"""The header's mode decides how the body lies, and nonsense in a header is damage."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.errors import Damaged
from underpaint_common.payload.header import Header, open_header, seal_header
from underpaint_common.payload.keys import PayloadKeys
from underpaint_common.payload.layout import geometry_of, usable_samples
from underpaint_common.payload.modes import Mode
from underpaint_common.payload.placing import Manner, Placement, find_header, take
from underpaint_common.stego.sequence import Sequence

SEQUENCE = Sequence.without([], 4000)


def noise(seed: int):
    """Return a byte stream."""
    return np.random.default_rng(seed).bytes


@pytest.mark.parametrize("mode", [Mode.PLANES, Mode.CLASSIC, Mode.ADAPTIVE])
@pytest.mark.parametrize("length", [96, 480, 1200])
def test_what_is_placed_is_found_and_taken(cover, mode, length):
    picture, keys = cover(50, 80, 1), PayloadKeys(bytes(32))
    flat = usable_samples(picture).copy()
    placement = Placement.of(picture, flat, length, Manner(mode), keys)
    body_keys = keys.body(bytes(16))
    sealed = seal_header(placement.header, bytes(16), geometry_of(picture), keys)
    body = noise(2)(length)
    placement.write(flat, sealed, body, positions=body_keys.positions(), coins=body_keys.coins())
    found, layout = find_header(flat, geometry_of(picture), keys)
    assert found == sealed
    assert open_header(found, geometry_of(picture), keys) == (placement.header, bytes(16))
    got = take(flat, placement.header, layout.sequence, positions=body_keys.positions())
    assert got == body
    salt = sorted(set(layout.sequence.reserved) - set(layout.header.tolist()))
    assert np.array_equal(flat[salt], usable_samples(picture)[salt])


@given(
    planes=st.integers(0, 7) | st.integers(0, 255),
    height=st.sampled_from([6, 8, 10, 12]) | st.integers(0, 255),
    length=st.integers(0, 3000) | st.integers(0, 2**32 - 1),
    layers=st.tuples(*[st.integers(0, 4100) | st.integers(0, 2**32 - 1)] * 2),
)
def test_any_header_of_coded_layers_gives_bytes_or_damage(planes, height, length, layers):
    flat = np.zeros(4000, np.uint8)
    header = Header(Mode.ADAPTIVE, planes, length, layers, height)
    tracemalloc.start()
    try:
        assert len(take(flat, header, SEQUENCE, positions=noise(3))) == length
    except Damaged:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 32 << 20


@given(st.sampled_from([Mode.PLANES, Mode.CLASSIC]), st.integers(0, 255), st.integers(0, 2**32 - 1))
def test_any_header_gives_bytes_or_damage_and_allocates_no_more_than_fits(mode, planes, length):
    flat = np.zeros(4000, np.uint8)
    tracemalloc.start()
    try:
        body = take(flat, Header(mode, planes, length), SEQUENCE, positions=noise(3))
    except Damaged:
        assert length > 0 or planes not in range(1, 9)
    else:
        assert len(body) == length
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 32 << 20
