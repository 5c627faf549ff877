"""Mode classic: the seed's placing, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.stego import classic, quality
from underpaint_common.stego.samples import BLOCK
from underpaint_common.stego.sequence import Sequence


@settings(deadline=None)
@given(
    size=st.integers(0, 300) | st.integers(BLOCK - 5, BLOCK + 5),
    planes=st.integers(1, 8),
    fill=st.floats(0, 1),
    depth=st.sampled_from([8, 16]),
    seed=st.integers(0, 2**32 - 1),
)
def test_what_is_embedded_comes_out(cover, size, planes, fill, depth, seed):
    rng = np.random.default_rng(seed)
    flat = cover(size, seed, 0, 1 << depth, depth)
    reserved = rng.choice(size, int(rng.integers(0, min(size, 40) + 1)), replace=False).tolist()
    sequence = Sequence.without(reserved, size)
    body = rng.bytes(int(fill * classic.capacity(len(sequence), planes)))
    stego = flat.copy()
    classic.embed(stego, body, sequence=sequence, planes=planes)
    assert classic.extract(stego, len(body), sequence=sequence, planes=planes) == body
    assert np.array_equal(stego[reserved], flat[reserved])
    assert np.array_equal(stego >> planes, flat >> planes)


@pytest.mark.parametrize("planes", range(1, 9))
def test_sample_i_takes_the_next_k_bits(planes):
    flat = np.full(8, 0xFF, np.uint8)
    body = np.random.default_rng(planes).bytes(planes)
    classic.embed(flat, body, sequence=Sequence.without([], 8), planes=planes)
    bits = "".join(f"{byte:08b}" for byte in body)
    for i, sample in enumerate(flat.tolist()):
        assert f"{sample:08b}"[8 - planes :] == bits[planes * i : planes * (i + 1)]


def test_samples_after_the_body_stay(cover):
    flat = cover(1000)
    stego = flat.copy()
    classic.embed(stego, b"\xa5" * 50, sequence=Sequence.without([], 1000), planes=4)
    assert np.array_equal(stego[100:], flat[100:])


def test_four_planes_cost_what_the_seed_scheme_costs(cover):
    flat = cover(400_000, 3)
    stego = flat.copy()
    body = np.random.default_rng(1).bytes(flat.size // 2)
    classic.embed(stego, body, sequence=Sequence.without([], flat.size), planes=4)
    assert quality.psnr(flat, stego) == pytest.approx(31.85, abs=0.05)


@pytest.mark.parametrize("planes", [0, 9])
def test_impossible_planes_are_refused(cover, planes):
    with pytest.raises(ValueError, match="1 to 8"):
        classic.embed(cover(10), b"", sequence=Sequence.without([], 10), planes=planes)


def test_too_much_is_refused(cover):
    with pytest.raises(ValueError, match="do not fit"):
        classic.embed(cover(10), bytes(6), sequence=Sequence.without([], 10), planes=4)
