"""The header's mode decides how the body lies, and nonsense in a header is damage."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.errors import Damaged
from underpaint_common.payload.header import Header
from underpaint_common.payload.modes import Mode
from underpaint_common.payload.placing import place, take
from underpaint_common.stego.sequence import Sequence

SEQUENCE = Sequence.without([], 4000)


def noise(seed: int):
    """Return a byte stream."""
    return np.random.default_rng(seed).bytes


@pytest.mark.parametrize(("mode", "planes"), [(Mode.PLANES, 1), (Mode.CLASSIC, 4)])
def test_what_is_placed_is_taken(mode, planes):
    flat = np.random.default_rng(1).integers(0, 256, 4000, np.uint8)
    body = noise(2)(300)
    header = Header(mode, planes, len(body))
    place(flat, body, header, SEQUENCE, positions=noise(3), coins=noise(4))
    assert take(flat, header, SEQUENCE, positions=noise(3)) == body


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
