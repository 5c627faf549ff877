"""What --json prints is one line of JSON, and harmless on a terminal."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.errors import ExitCode
from underpaint_common.json_output import as_json, error_as_json, wants_json

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_every_text_comes_back_from_one_printable_line(text: str) -> None:
    line = as_json({text: [text]})
    assert line.isprintable()
    line.encode()
    assert json.loads(line) == json.loads(json.dumps({text: [text]}))


def test_letters_stay_and_names_that_are_no_text_come_back_as_the_system_knows_them() -> None:
    assert as_json("é 漢 \N{SLIGHTLY SMILING FACE}") == '"é 漢 \N{SLIGHTLY SMILING FACE}"'
    assert as_json("\x1b[2J\x9b\x7f\n") == '"\\u001b[2J\\u009b\\u007f\\n"'
    name = os.fsdecode(b"\xff\xfe.png")
    assert as_json(name) == '"\\udcff\\udcfe.png"'
    assert os.fsencode(json.loads(as_json(name))) == b"\xff\xfe.png"


def test_an_error_is_an_object() -> None:
    assert json.loads(error_as_json(ExitCode.DAMAGED, "broken", None)) == {
        "error": "damaged",
        "exit_code": 4,
        "message": "broken",
        "hint": None,
    }


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["a", "--json"], True),
        (["a", "--", "--json"], False),
        (["--json", "--"], True),
        ([], False),
    ],
)
def test_a_wrong_call_asks_for_json_too(arguments: list[str], *, wanted: bool) -> None:
    assert wants_json(arguments) is wanted
