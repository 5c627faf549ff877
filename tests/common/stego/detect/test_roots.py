"""The quadratic of the estimators: the root nearer to zero, whatever the coefficients."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.stego.detect.roots import share, smaller_root

ROOTS = st.floats(-1e3, 1e3)


@given(ROOTS, ROOTS, st.floats(0.01, 100))
def test_the_nearer_of_two_roots_is_taken(one, other, scale):
    root = smaller_root(scale, -scale * (one + other), scale * one * other)
    nearer = min(one, other, key=abs)
    assert abs(root) == pytest.approx(abs(nearer), abs=1e-4 * max(abs(one), abs(other), 1))


def test_degenerate_equations():
    assert smaller_root(0, 4, -1) == 0.25
    assert smaller_root(0, 0, 3) == 0
    assert smaller_root(1, -2, 1.01) == 1
    assert smaller_root(1, 0, 0) == 0
    assert smaller_root(1e-12, 1, -0.5) == pytest.approx(0.5)


def test_shares_are_bounded_when_asked():
    assert [share(each, bounded=True) for each in (-0.2, 0.4, 1.7)] == [0, 0.4, 1]
    assert [share(each, bounded=False) for each in (-0.2, 0.4, 1.7)] == [-0.2, 0.4, 1.7]
