"""The schemas of docs/json.md, and a validator for the parts of JSON Schema that they use.

Stricter than the standard in one thing: of an object whose properties are listed, no other may
stand in what a command prints. What is printed and not documented is found that way.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

PAGE = Path(__file__).resolve().parents[2] / "docs" / "json.md"
ERRORS = "errors"
_SECTION = re.compile(r"^## (?P<names>.+?)$(?P<text>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
_KNOWN = {"type", "properties", "required", "items", "enum", "description", "anyOf"}


@functools.cache
def schemas() -> dict[str, Any]:
    """Return the page's schema of each command."""
    found = {}
    for section in _SECTION.finditer(PAGE.read_text(encoding="utf-8")):
        (block,) = _BLOCK.findall(section["text"])
        for name in section["names"].split(", "):
            found[name] = json.loads(block)
    return found


def assert_documented(group: click.Group, program: str, words: Sequence[str], out: str) -> None:
    """Check what a command printed with --json against the page."""
    value = json.loads(out)
    command = command_path(group, program, words)
    known = schemas()
    if isinstance(value, dict) and "exit_code" in value:
        command = ERRORS
    assert command in known, f"docs/json.md does not document `{command}`"
    problems = list(violations(value, known[command]))
    assert not problems, f"`{command} --json` is not as docs/json.md says: {problems}"


def command_path(group: click.Group, program: str, words: Sequence[str]) -> str:
    """Return the program and the commands that were called."""
    path, command = [program], group
    for word in words:
        if not isinstance(command, click.Group) or word not in command.commands:
            break
        path.append(word)
        command = command.commands[word]  # type: ignore[assignment] # ends the loop if no group
    return " ".join(path)


def violations(value: Any, schema: dict[str, Any], at: str = "$") -> Iterator[str]:
    """Yield what of a value is not as a schema says."""
    assert set(schema) <= _KNOWN, f"the validator does not know {set(schema) - _KNOWN}"
    if "anyOf" in schema:
        if not any(not list(violations(value, each, at)) for each in schema["anyOf"]):
            yield f"{at}: {value!r} is none of the alternatives"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if "type" in schema and not _is_one_of(value, schema["type"]):
        yield f"{at}: {value!r} is no {schema['type']}"
    elif isinstance(value, dict) and "properties" in schema:
        yield from (f"{at}.{name} is missing" for name in schema["required"] if name not in value)
        for name, inner in value.items():
            if name not in schema["properties"]:
                yield f"{at}.{name} is not documented"
            else:
                yield from violations(inner, schema["properties"][name], f"{at}.{name}")
    elif isinstance(value, list) and "items" in schema:
        for index, inner in enumerate(value):
            yield from violations(inner, schema["items"], f"{at}[{index}]")


def _is_one_of(value: Any, names: str | list[str]) -> bool:
    for name in [names] if isinstance(names, str) else names:
        if isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool)):
            return True
    return False
