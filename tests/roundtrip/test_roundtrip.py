"""A seeded sample of what `make roundtrip` plays at length."""

from __future__ import annotations

import pytest
from tests.roundtrip.cases import Case


@pytest.mark.parametrize("first", range(0, 100, 20))
def test_random_cases_come_back_exactly(first: int) -> None:
    for seed in range(first, first + 20):
        Case.of(seed).check()
