"""Editing YAML: the value changes, and what people wrote around it stays."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from underpaint_client.yaml_edit import with_value, without_value

COMMENTED = """\
# My settings.
mode: auto   # as it fits

remotes:
  # at home
  home: underpaint://h:1/#k   # the old box
  work: underpaint://w:1/#k

timeout: 30 s
"""


@pytest.mark.parametrize(
    ("keys", "value", "old", "new"),
    [
        (("mode",), "planes", "mode: auto", "mode: planes"),
        (("timeout",), "1 min", "timeout: 30 s", "timeout: 1 min"),
        (("remotes", "home"), "x", "home: underpaint://h:1/#k ", "home: x "),
        (("retries",), 3, "timeout: 30 s\n", "timeout: 30 s\nretries: 3\n"),
        (("remotes", "pi"), "x", "w:1/#k\n", "w:1/#k\n  pi: x\n"),
        (("remotes", "on"), "x", "w:1/#k\n", "w:1/#k\n  'on': x\n"),
    ],
)
def test_only_the_value_changes(keys: tuple[str, ...], value: object, old: str, new: str) -> None:
    assert with_value(COMMENTED, keys, value) == COMMENTED.replace(old, new)


@pytest.mark.parametrize(
    ("keys", "gone"),
    [
        (("mode",), "mode: auto   # as it fits\n"),
        (("remotes", "home"), "  home: underpaint://h:1/#k   # the old box\n"),
        (("timeout",), "timeout: 30 s\n"),
    ],
)
def test_only_the_line_goes(keys: tuple[str, ...], gone: str) -> None:
    assert without_value(COMMENTED, keys) == COMMENTED.replace(gone, "")


def test_the_last_entry_takes_its_mapping_with_it() -> None:
    assert without_value("a: 1\nremotes:\n  home: x\nb: 2\n", ("remotes", "home")) == "a: 1\nb: 2\n"
    assert without_value("remotes:\n  home: x\n", ("remotes", "home")) == ""


@pytest.mark.parametrize("empty", ["remotes: {}", "remotes:", "remotes: ~", "remotes: null"])
def test_an_empty_mapping_gets_its_first_entry(empty: str) -> None:
    text = f"# mine\n{empty}   # servers\n# yours\nmode: auto\n"
    new = with_value(text, ("remotes", "home"), "x")
    assert new == "# mine\nremotes:\n  home: x   # servers\n# yours\nmode: auto\n"


def test_the_example_keeps_every_comment_whatever_is_changed() -> None:
    example = Path(__file__).resolve().parents[2] / "config" / "client.example.yaml"
    text = example.read_text(encoding="utf-8")
    comments = re.findall("#.*", text)
    for keys, value in ((("remotes", "home"), "x"), (("mode",), "planes"), (("planes",), 2)):
        text = with_value(text, keys, value)
    assert re.findall("#.*", text) == comments
    assert yaml.safe_load(text)["remotes"] == {"home": "x"}


def test_nothing_but_comments_gets_its_first_value() -> None:
    assert with_value("# mine", ("remotes", "a"), "x") == "# mine\nremotes:\n  a: x\n"


@pytest.mark.parametrize(
    "text",
    [
        "{mode: auto, remotes: {home: x}}",
        "mode: &m auto\nform: *m\n",
        "mode: >\n  auto\n  words\nform: x",
        "remotes: {home: x}\nmode: auto",
        "remotes:\nmode: auto",
        "mode: auto",
        "mode: auto\n...\n",
        "%YAML 1.1\n---\nmode: auto\n",
        "? mode\n: auto\n",
    ],
)
def test_what_cannot_be_edited_is_written_anew(text: str) -> None:
    for keys in (("mode",), ("new",), ("remotes", "new")):
        wanted: dict[str, Any] = yaml.safe_load(text)
        inner: Any = wanted
        for key in keys[:-1]:
            inner[key] = inner.get(key) or {}
            inner = inner[key]
        inner[keys[-1]] = "value"
        assert yaml.safe_load(with_value(text, keys, "value")) == wanted


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
VALUES = st.booleans() | st.integers() | st.text(max_size=12)


@given(
    st.dictionaries(NAMES, VALUES | st.dictionaries(NAMES, VALUES, max_size=3), max_size=4),
    NAMES,
    NAMES,
    VALUES,
)
def test_any_mapping_keeps_the_rest(
    content: dict[str, Any], outer: str, name: str, value: object
) -> None:
    text = yaml.safe_dump(content, sort_keys=False)
    if isinstance(content.get(outer), dict):
        wanted = {**content, outer: {**content[outer], name: value}}
    else:
        content.pop(outer, None)
        text = yaml.safe_dump(content, sort_keys=False)
        wanted = {**content, outer: {name: value}}
    new = with_value(text, (outer, name), value)
    assert yaml.safe_load(new) == wanted
    assert name not in (yaml.safe_load(without_value(new, (outer, name))) or {}).get(outer, {})
