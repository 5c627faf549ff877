"""Mode adaptive: exact at every payload, in range, near the limit, and no chunk in the format."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.stego import adaptive, layered, quality
from underpaint_common.stego.neighbours import Neighbours
from underpaint_common.stego.sequence import Sequence
from underpaint_common.stego.trellis import coding


def embedded(flat, body, stream, *, costs=None, height=8, reserved=(), progress=None):
    """Return the stego samples and the plan."""
    sequence = Sequence.without(reserved, flat.size)
    plan = adaptive.plan(flat, costs, len(sequence), len(body), height)
    stego = flat.copy()
    streams = {"positions": stream(1), "coins": stream(2)}
    adaptive.embed(stego, body, plan, sequence=sequence, costs=costs, progress=progress, **streams)
    return stego, plan, sequence


@settings(deadline=None, max_examples=60)
@given(
    size=st.integers(60, 9000),
    fill=st.floats(0, 1),
    depth=st.sampled_from([8, 16]),
    height=st.sampled_from([6, 8]),
    statistics=st.sampled_from(["any", "black", "white", "flat", "edges"]),
    weighed=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_what_is_embedded_comes_out_and_reserved_samples_stay(
    stream, cover, size, fill, depth, height, statistics, weighed, seed
):
    rng = np.random.default_rng(seed)
    top = (1 << depth) - 1
    low, high = {"any": (0, top + 1), "black": (0, 1), "white": (top, top + 1), "flat": (99, 100),
                 "edges": (0, 2)}[statistics]  # fmt: skip
    flat = cover(size, seed, low, high, depth)
    if statistics == "edges":
        flat *= flat.dtype.type(top)
    costs = (10.0 ** rng.uniform(-3, 4, size)).astype(np.float16) if weighed else None
    reserved = rng.choice(size, int(rng.integers(0, 40)), replace=False).tolist()
    room = adaptive.capacity(size - len(reserved))
    body = rng.bytes(max(int(fill**2 * room), min(room, 12)))
    stego, plan, sequence = embedded(
        flat, body, stream, costs=costs, height=height, reserved=reserved
    )
    assert np.array_equal(stego[reserved], flat[reserved])
    rows = plan.shape.rows
    told = adaptive.planned(len(sequence), len(body), height, plan.shape.direct, (rows[0], rows[1]))
    assert told.shape == plan.shape
    got = adaptive.extract(stego, len(body), told, sequence=sequence, positions=stream(1))
    assert got == body


@pytest.mark.parametrize(
    ("bits", "psnr"),
    [(0.1, 66.3), (0.4, 59.2), (1, 53.8), (1.5, 50.6), (2, 47.7), (3, 41.6), (4, 35.5), (6, 23.4)],
)
def test_distortion_is_near_the_limit(stream, cover, bits, psnr):
    flat = cover(200_000, 7, 40, 216)
    body = np.random.default_rng(1).bytes(int(bits * adaptive.capacity(flat.size, 1)))
    stego, _, _ = embedded(flat, body, stream)
    assert quality.psnr(flat, stego) > psnr
    assert abs((stego.astype(int) - flat).mean()) < 0.02 * 2**bits


@pytest.mark.parametrize("shape", [(120, 150, 3), (700, 600, 3), (200, 260, 1)])
def test_steps_go_the_way_of_their_neighbours_and_come_out(stream, cover, shape):
    flat = cover(int(np.prod(shape)), 3, 40, 216)
    costs, body = np.ones(flat.size, np.float16), np.random.default_rng(1).bytes(flat.size // 40)
    sequence = Sequence.without(range(0, flat.size, 999), flat.size)
    plan = adaptive.plan(flat, costs, len(sequence), len(body), 6)
    neighbours = Neighbours(shape)
    agree = []
    for given_neighbours in (neighbours, None):
        stego = flat.copy()
        streams = {"positions": stream(1), "coins": stream(2)}
        adaptive.embed(stego, body, plan, sequence=sequence, costs=costs,
                       neighbours=given_neighbours, **streams)  # fmt: skip
        got = adaptive.extract(stego, len(body), plan, sequence=sequence, positions=stream(1))
        assert got == body
        steps = np.sign(stego.astype(int) - flat)
        agree.append((steps * neighbours.lean(flat, stego)).sum() / np.abs(steps).sum())
    assert agree[0] > 0.15
    assert abs(agree[1]) < 0.05


def test_changes_go_where_they_are_cheap(stream, cover):
    flat = cover(60_000, 3, 40, 216)
    costs = np.where(np.arange(flat.size) % 2, 1, 500).astype(np.float16)
    stego, _, _ = embedded(flat, bytes(np.random.default_rng(1).bytes(1500)), stream, costs=costs)
    changed = np.flatnonzero(stego != flat)
    assert (changed % 2).mean() > 0.99
    assert set(np.unique(stego.astype(int) - flat)) == {-1, 0, 1}


@pytest.mark.parametrize("bits", [0.2, 2.5])
def test_neither_engine_nor_threads_nor_memory_make_a_difference(stream, cover, monkeypatch, bits):
    flat = cover(70_000, 5)
    body = np.random.default_rng(1).bytes(int(bits * flat.size / 8))
    usual, plan, sequence = embedded(flat, body, stream)
    monkeypatch.setattr(coding, "_WORTH_COMPILING", 0)
    compiled, _, _ = embedded(flat, body, stream)
    assert np.array_equal(usual, compiled)
    monkeypatch.setattr(layered, "_LANES_AT_ONCE", 8)
    monkeypatch.setattr(layered, "WORK_BYTES", 1 << 20)
    other, _, _ = embedded(flat, body, stream)
    got = adaptive.extract(other, len(body), plan, sequence=sequence, positions=stream(1))
    assert got == body


def test_runs_of_samples_move_together_in_large_covers(stream, cover):
    flat = cover(600_000, 5)
    body = np.random.default_rng(1).bytes(20_000)
    shares = []
    stego, plan, sequence = embedded(flat, body, stream, height=6, progress=shares.append)
    assert plan.shape.lanes.run == 5
    assert shares[-1] == 1
    assert shares == sorted(shares)
    got = adaptive.extract(stego, len(body), plan, sequence=sequence, positions=stream(1))
    assert got == body


def test_a_tiny_payload_is_spread_over_the_whole_cover(stream, cover):
    flat = cover(300_000, 1, 16, 240)
    stego, plan, _ = embedded(flat, np.random.default_rng(1).bytes(300), stream)
    assert plan.used == 120_000
    share, _ = np.histogram(np.flatnonzero(stego != flat), bins=5, range=(0, flat.size))
    assert share.min() > 0.5 * share.mean()


@pytest.mark.parametrize("size", [0, 7, 8, 64, 1000])
def test_too_much_is_refused(stream, cover, size):
    flat = cover(size)
    too_long = adaptive.capacity(size) + 1
    with pytest.raises(ValueError, match="do not fit"):
        adaptive.plan(flat, None, size, too_long, 8)
    with pytest.raises(ValueError, match=r"fit|bear|code"):
        adaptive.planned(size, 8 * size + 1, 8, 5, (0, 0))


def test_extraction_takes_as_much_memory_at_16_bits_as_at_8(stream, cover):
    peaks = {}
    for depth in (8, 16):
        flat = cover(1_000_000, 3, 20, 200, depth)
        body = np.random.default_rng(5).bytes(3000)
        stego, plan, sequence = embedded(flat, body, stream)
        tracemalloc.start()
        try:
            got = adaptive.extract(stego, 3000, plan, sequence=sequence, positions=stream(1))
            peaks[depth] = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert got == body
    assert peaks[16] < 1.1 * peaks[8]
