"""Strips cover every row, and overlap as asked."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.stego.detect import strips as module
from underpaint_common.stego.detect.strips import check_channel, strips


@given(st.integers(1, 40), st.integers(1, 9), st.integers(0, 2), st.integers(1, 60))
def test_rows_come_in_order_and_overlap(height, width, overlap, strip):
    channel = np.arange(height * width, dtype=np.uint16).reshape(height, width)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_STRIP", strip)
        parts = list(strips(channel, overlap))
    assert all(part.shape[0] > overlap and part.flags.c_contiguous for part in parts)
    own = [part[: part.shape[0] - overlap] for part in parts]
    joined = np.concatenate(own) if own else channel[:0]
    assert np.array_equal(joined, channel[: max(height - overlap, 0)])
    assert all(
        np.array_equal(one[-overlap:], other[:overlap]) for one, other in pairwise(parts) if overlap
    )


def test_what_is_no_channel_is_refused():
    check_channel(np.zeros((2, 2), np.uint8), 2)
    for shape in ((2,), (2, 2, 1), (1, 2), (2, 0)):
        with pytest.raises(ValueError, match="at least 2 each way"):
            check_channel(np.zeros(shape, np.uint8), 2)
