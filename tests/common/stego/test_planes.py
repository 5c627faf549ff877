"""Mode planes: exact, within a step of the cover, as near as theory says, evenly spread."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.stego import planes, quality
from underpaint_common.stego.samples import BLOCK
from underpaint_common.stego.sequence import Sequence


@settings(deadline=None)
@given(
    size=st.integers(0, 700) | st.integers(BLOCK - 9, BLOCK + 9),
    fill=st.floats(0, 1),
    depth=st.sampled_from([8, 16]),
    seed=st.integers(0, 2**32 - 1),
)
def test_what_is_embedded_comes_out_and_reserved_samples_stay(
    stream, cover, size, fill, depth, seed
):
    rng = np.random.default_rng(seed)
    flat = cover(size, seed, 0, 1 << depth, depth)
    reserved = rng.choice(size, int(rng.integers(0, min(size, 40) + 1)), replace=False).tolist()
    sequence = Sequence.without(reserved, size)
    body = rng.bytes(int(fill * planes.capacity(len(sequence), 8)))
    stego = flat.copy()
    planes.embed(stego, body, sequence=sequence, positions=stream(seed), coins=stream(seed + 1))
    assert np.array_equal(stego[reserved], flat[reserved])
    got = planes.extract(stego, len(body), sequence=sequence, positions=stream(seed))
    assert got == body
    needed = planes.planes_needed(len(body), len(sequence)) if body else 0
    step = np.abs(stego.astype(np.int64) - flat.astype(np.int64)).max(initial=0)
    assert step < 1 << needed
    inside = (flat > 255) & (flat < (1 << depth) - 256) if depth == 16 else flat == 128
    moved = np.abs(stego.astype(np.int64) - flat.astype(np.int64))[inside]
    assert moved.max(initial=0) <= (1 << needed) // 2


@pytest.mark.parametrize(
    ("bits", "psnr"),
    [(0.1, 61.14), (0.5, 54.15), (1, 51.14), (1.5, 48.13), (2, 46.37), (2.5, 42.69), (3, 40.73),
     (3.5, 36.83), (4, 34.81)],
)  # fmt: skip
def test_distortion_is_that_of_the_nearest_value(stream, cover, bits, psnr):
    flat = cover(600_000, 7, 16, 240)
    sequence = Sequence.without([], flat.size)
    body = np.random.default_rng(1).bytes(int(bits * flat.size / 8))
    stego = flat.copy()
    planes.embed(stego, body, sequence=sequence, positions=stream(2), coins=stream(3))
    assert quality.psnr(flat, stego) == pytest.approx(psnr, abs=0.05)


def test_a_partial_payload_is_spread_over_the_whole_cover(stream, cover):
    flat = cover(8 * BLOCK, 1, 16, 240)
    stego = flat.copy()
    sequence = Sequence.without([], flat.size)
    planes.embed(
        stego, bytes(range(256)) * 80, sequence=sequence, positions=stream(2), coins=stream(3)
    )
    changed = np.flatnonzero(stego != flat)
    share, _ = np.histogram(changed, bins=16, range=(0, flat.size))
    assert share.min() > 0.85 * share.mean()


def test_ties_go_both_ways(stream, cover):
    flat = cover(100_000, 1, 16, 240)
    stego = flat.copy()
    body = np.random.default_rng(4).bytes(flat.size // 8)
    sequence = Sequence.without([], flat.size)
    planes.embed(stego, body, sequence=sequence, positions=stream(2), coins=stream(3))
    for parity in (0, 1):
        even = flat % 2 == parity
        ups = np.count_nonzero((stego > flat) & even)
        downs = np.count_nonzero((stego < flat) & even)
        assert abs(ups - downs) < 5 * np.sqrt(ups + downs)


def test_another_stream_finds_something_else(stream, cover):
    flat = cover(50_000)
    sequence = Sequence.without([], flat.size)
    body = np.random.default_rng(4).bytes(2000)
    planes.embed(flat, body, sequence=sequence, positions=stream(2), coins=stream(3))
    assert planes.extract(flat, 2000, sequence=sequence, positions=stream(9)) != body


@pytest.mark.parametrize("size", [0, 7, 8, 64])
def test_too_much_is_refused_before_anything_is_touched(stream, cover, size):
    flat = cover(size)
    before = flat.copy()
    sequence = Sequence.without([], size)
    body = bytes(planes.capacity(size, 8) + 1)
    with pytest.raises(ValueError, match="do not fit"):
        planes.embed(flat, body, sequence=sequence, positions=stream(1), coins=stream(2))
    assert np.array_equal(flat, before)
    with pytest.raises(ValueError, match="do not fit"):
        planes.extract(flat, len(body), sequence=sequence, positions=stream(1))
