"""Salt and header keep to samples of their own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.stego import reserved


@given(size=st.integers(reserved.RESERVED_SAMPLES, 5000), seed=st.integers(0, 999))
def test_header_and_salt_never_meet_and_the_header_reads_back(stream, cover, size, seed):
    flat = cover(size, seed)
    salt = reserved.salt_positions(size, stream(seed))
    header_at = reserved.header_positions(size, salt, stream(seed + 1))
    assert not set(salt.tolist()) & set(header_at.tolist())
    assert len(set(header_at.tolist())) == reserved.HEADER_SAMPLES
    before = flat.copy()
    header = np.random.default_rng(seed).bytes(reserved.HEADER_BYTES)
    reserved.write_header(flat, header, header_at, stream(seed + 2))
    assert reserved.read_header(flat, header_at) == header
    assert reserved.salt_values(flat, salt) == reserved.salt_values(before, salt)
    difference = flat.astype(np.int16) - before.astype(np.int16)
    assert np.abs(difference).max() <= 1


def test_too_few_samples_are_refused(stream):
    with pytest.raises(ValueError, match="are needed"):
        reserved.salt_positions(reserved.RESERVED_SAMPLES - 1, stream(1))
