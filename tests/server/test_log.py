"""One line an event."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_server import log
from underpaint_server.log import JsonFormatter, TextFormatter


def record(fields: dict[str, object]) -> logging.LogRecord:
    made = logging.LogRecord("x", logging.INFO, "x.py", 1, "kept", None, None)
    made.fields = fields
    return made


def test_a_line_reads_as_pairs() -> None:
    line = TextFormatter().format(record({"client": "alice", "seconds": 1.23456, "name": "a b"}))
    assert line.startswith("time=20")
    assert line.endswith('level=info event=kept client=alice seconds=1.235 name="a b"')


@given(st.text())
def test_no_value_breaks_the_line_or_moves_the_cursor(text: str) -> None:
    line = TextFormatter().format(record({"name": text}))
    assert line.isascii()
    assert line.isprintable()


def test_levels_and_faults(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info")
    log.event("hidden", logging.DEBUG)
    log.event("seen", client=None, bytes=5)
    try:
        raise ZeroDivisionError
    except ZeroDivisionError as error:
        log.fault("broken", error, connection="c1")
    seen, broken = capsys.readouterr().err.splitlines()
    assert seen.endswith("level=info event=seen bytes=5")
    assert "level=error event=broken connection=c1 exception=" in broken
    assert "ZeroDivisionError" in broken


@given(st.text())
def test_json_holds_the_same_on_one_line(text: str) -> None:
    line = JsonFormatter().format(record({"client": "alice", "name": text, "seconds": 1.5}))
    assert "\n" not in line
    read = json.loads(line)
    assert list(read) == ["time", "level", "event", "client", "name", "seconds"]
    assert (read["event"], read["name"], read["seconds"]) == ("kept", text, 1.5)
