"""HILL as its paper defines it, at every place of a picture of any shape."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from underpaint_common.stego.costs import texture

HIGH_PASS = np.array([[-1, 2, -1], [2, -4, 2], [-1, 2, -1]], float)


def by_definition(plane):
    """Return the costs of one channel by plain convolutions."""
    residual = np.abs(ndimage.convolve(plane.astype(float), HIGH_PASS, mode="reflect"))
    near = ndimage.uniform_filter(residual, 3, mode="reflect")
    return ndimage.uniform_filter(1 / np.maximum(near, 1e-10), 15, mode="reflect")


@pytest.mark.parametrize("shape", [(40, 60, 3), (200, 37, 1), (97, 30, 1), (130, 20, 4)])
def test_costs_are_those_of_the_paper(shape):
    cover = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    costs = texture(cover)
    assert costs.shape == shape
    for channel in range(shape[2]):
        expected = by_definition(cover[:, :, channel])[9:-9, 9:-9]
        got = costs[9:-9, 9:-9, channel].astype(float)
        assert got == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("shape", [(1, 1, 1), (1, 50, 3), (3, 2, 1), (16, 1, 3)])
@pytest.mark.parametrize("depth", [8, 16])
def test_any_picture_has_finite_costs(shape, depth):
    kind = np.uint8 if depth == 8 else np.uint16
    for value in (0, (1 << depth) - 1):
        costs = texture(np.full(shape, value, kind))
        assert np.isfinite(costs).all()
        assert (costs > 0).all()


def test_texture_is_cheaper_than_sky():
    rng = np.random.default_rng(2)
    cover = np.full((100, 200, 1), 120, np.uint8)
    cover[:, 100:] = rng.integers(60, 180, (100, 100, 1))
    costs = texture(cover).astype(float)
    assert costs[:, :80].min() > 100 * costs[:, 120:].max()
