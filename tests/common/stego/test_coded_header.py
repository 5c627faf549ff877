"""The coded header: found again at every width, with few samples changed by one step each."""

from __future__ import annotations

import numpy as np
import pytest

from underpaint_common.stego import coded_header, reserved


@pytest.mark.parametrize("width", coded_header.WIDTHS)
@pytest.mark.parametrize("kind", ["any", "black", "white"])
def test_a_header_comes_back(stream, cover, width, kind):
    size = 384 * width + 256
    low, high = {"any": (0, 256), "black": (0, 1), "white": (255, 256)}[kind]
    flat = cover(size, width, low, high)
    header = np.random.default_rng(width).bytes(48)
    salt = reserved.salt_positions(size, stream(1))
    where = coded_header.positions(size, salt, width, stream(2))
    assert np.unique(where).size == where.size == 384 * width
    assert not set(where.tolist()) & set(salt.tolist())
    stego = flat.copy()
    coded_header.write(stego, header, where, None, stream(3))
    assert coded_header.read(stego, where) == header
    moved = np.abs(stego.astype(int) - flat)
    assert moved.max() == 1
    at_most = {1: 240, 2: 120, 4: 90, 8: 70, 16: 60, 32: 56, 64: 54, 128: 54}[width]
    assert moved.sum() <= at_most


def test_the_width_follows_the_payload():
    assert coded_header.width_for(49_152, 260) == 16
    assert coded_header.width_for(36_000_000, 100) == 128
    assert coded_header.width_for(36_000_000, 10_000_000) == 1
    assert coded_header.widths_in(700) == (1,)
    assert coded_header.widths_in(10**6) == coded_header.WIDTHS


def test_costs_decide_where(stream, cover):
    size = 384 * 32 + 256
    flat = cover(size)
    costs = np.where(np.arange(size) % 2, 1, 300).astype(np.float16)
    where = coded_header.positions(size, reserved.salt_positions(size, stream(1)), 32, stream(2))
    stego = flat.copy()
    coded_header.write(stego, np.random.default_rng(1).bytes(48), where, costs, stream(3))
    assert (np.flatnonzero(stego != flat) % 2).mean() > 0.9
