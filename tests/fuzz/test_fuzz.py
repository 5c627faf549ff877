"""The fuzz contract, for a moment each: any bytes parse or raise the documented error."""

from __future__ import annotations

import pytest
from tests.fuzz.driving import drive
from tests.fuzz.target import Target
from tests.fuzz.targets import targets

# About two seconds each.
EXAMPLES = {"session": 400, "records": 300, "noise": 600, "reveal": 400}


@pytest.mark.parametrize("target", targets().values(), ids=lambda target: target.name)
def test_nothing_but_documented_errors(target: Target) -> None:
    drive(target, EXAMPLES.get(target.name, 800))
