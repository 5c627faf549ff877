"""Tiles cover every sample, and overlap as asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.stego.tiles import check_channel, tiles


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2), st.integers(0, 2))
def test_every_window_lies_in_exactly_one_tile(height, width, rows, columns):
    """A window is what a detector looks at: a sample and as many after it as tiles overlap."""
    channel = np.arange(height * width, dtype=np.uint16).reshape(height, width)
    found = list(tiles(channel, rows=rows, columns=columns, size=(3, 5)))
    assert all(tile.flags.c_contiguous for tile in found)
    windows = [tile[: tile.shape[0] - rows, : tile.shape[1] - columns] for tile in found]
    assert all(window.size for window in windows)
    seen = sorted(value for window in windows for value in window.ravel().tolist())
    expected = channel[: max(height - rows, 0), : max(width - columns, 0)]
    assert seen == expected.ravel().tolist()


def test_what_is_no_channel_is_refused():
    check_channel(np.zeros((2, 2), np.uint8), 2)
    for shape in ((2,), (2, 2, 1), (1, 2), (2, 0)):
        with pytest.raises(ValueError, match="at least 2 each way"):
            check_channel(np.zeros(shape, np.uint8), 2)
