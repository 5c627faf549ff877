"""The page of the bounds names every line of the configuration, with its default."""

from __future__ import annotations

import re
from pathlib import Path

from underpaint_server.limits import Limits
from underpaint_server.template import TEMPLATE

PAGE = (Path(__file__).parents[2] / "docs" / "bounds.md").read_text()
ROWS = dict(re.findall(r"(?m)^\| `(\w+)` \| ([^|]+?) \|", PAGE))
LINES = dict(re.findall(r"(?m)^  (?:# )?(\w+): (.*?) +#", TEMPLATE))


def test_every_bound_is_on_the_page_and_nothing_else() -> None:
    assert set(ROWS) == set(Limits.__struct_fields__) == set(LINES)


def test_the_defaults_of_the_page_are_those_that_init_writes() -> None:
    of_the_machine = {"image_jobs"}
    for name, default in ROWS.items():
        if name not in of_the_machine:
            assert LINES[name] == default, name
