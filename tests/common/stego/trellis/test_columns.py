"""The tables of columns: complete, well-formed, and what the search script makes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from underpaint_common.stego.trellis.coding import Engine
from underpaint_common.stego.trellis.columns import HEIGHTS, MAX_WIDTH, submatrices

SCRIPT = Path(__file__).resolve().parents[4] / "tools" / "search_columns.py"


@pytest.mark.parametrize("height", HEIGHTS)
def test_there_is_a_submatrix_of_every_width(height):
    table = submatrices(height)
    assert set(table) == set(range(1, MAX_WIDTH + 1))
    for width, columns in table.items():
        assert columns.shape == (width,)
        assert ((columns & 1) == 1).all()
        assert (columns >> (height - 1) == 1).all()


def test_other_heights_have_none():
    with pytest.raises(ValueError, match="height 7"):
        submatrices(7)


@pytest.mark.parametrize(("height", "width"), [(6, 2), (6, 3), (6, 44), (8, 1)])
def test_the_script_finds_them_again(height, width):
    specification = importlib.util.spec_from_file_location("search_columns", SCRIPT)
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    assert script.best(height, width, Engine.NUMPY) == submatrices(height)[width].tolist()
