"""The page about looking at pictures: its examples run, its bounds are those of the code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from underpaint_client import hide
from underpaint_client.demo.landscape import landscape
from underpaint_common.pictures import picture_from_array, write_picture
from underpaint_common.stego.detect import verdict

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "inspect.md").read_text(encoding="utf-8")


def test_the_examples_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lake = picture_from_array(landscape(2, width=400, height=300))
    write_picture(lake, Path("photo.png"), overwrite=False)
    hide("photo.png", "photo.png", key=bytes(32), output="postcard.png", planes=8)
    names: dict[str, Any] = {}
    examples = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        exec(example, names)  # noqa: S102 -- it is our own page
    printed = capsys.readouterr().out
    assert " dB" in printed
    assert "of the samples" in printed
    assert Path("report.html").read_bytes().startswith(b"<!DOCTYPE html>")


def test_the_bounds_are_those_of_the_verdict() -> None:
    alone, against = re.findall(
        r"^\| (?:by itself|against its cover) \|(.*)\|$", PAGE, re.MULTILINE
    )
    assert [int(each) for each in re.findall(r"(\d+) %", alone)] == [
        round(100 * bound)
        for bound in (verdict.UNCLEAR_FROM, verdict.PAYLOAD_FROM, verdict.PAYLOAD_FROM)
    ]
    assert [int(each) for each in re.findall(r"(\d+) %", against)] == [
        round(100 * bound)
        for bound in (
            verdict.RISE_UNCLEAR_FROM,
            verdict.RISE_PAYLOAD_FROM,
            verdict.RISE_PAYLOAD_FROM,
        )
    ]
    assert verdict.BEGINNING_FROM == 0.25
