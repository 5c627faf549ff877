"""Compressing again leaves a decoded JPEG picture alone, except where it was changed."""

from __future__ import annotations

import numpy as np
import pytest
from tests.benchmarks.detect.jpeg_trace import changed_blocks, recompressed


@pytest.mark.parametrize("channels", [1, 3])
def test_a_changed_sample_shows_in_its_block(channels):
    rng = np.random.default_rng(4)
    smooth = np.cumsum(rng.normal(0, 2, (64, 64, channels)), axis=1) + 128
    cover = recompressed(smooth.clip(0, 255).astype(np.uint8), 90)
    before = changed_blocks(cover, 90)
    assert before < 0.1
    stego = cover.copy()
    stego[4::8, 4::8] ^= np.uint8(1)
    assert changed_blocks(stego, 90) > 0.9
    assert changed_blocks(stego[:60, :60], 90) > 0.9
