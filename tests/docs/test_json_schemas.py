"""docs/json.md has a schema for every command, and the validator finds what is wrong.

What commands print is validated wherever the other tests run one with --json.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
import pytest
from tests.docs.json_schemas import ERRORS, schemas, violations

from underpaint_client.cli.group import underpaint
from underpaint_common.errors import ExitCode
from underpaint_server.cli import cli


def speaking_json(group: click.Group, path: str) -> Iterator[str]:
    """Yield the commands that have --json."""
    for name, command in group.commands.items():
        if any("--json" in option.opts for option in command.params):
            yield f"{path} {name}"
        if isinstance(command, click.Group):
            yield from speaking_json(command, f"{path} {name}")


def test_every_command_has_a_schema_and_every_schema_a_command() -> None:
    commands = {*speaking_json(underpaint, "underpaint"), *speaking_json(cli, "underpaintd")}
    assert set(schemas()) == commands | {ERRORS}


def test_the_errors_are_those_that_there_are() -> None:
    names = [code.name.lower() for code in ExitCode if code is not ExitCode.DONE]
    assert schemas()[ERRORS]["properties"]["error"]["enum"] == names


def test_what_is_required_is_described() -> None:
    def objects(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if "properties" in schema:
            yield schema
        for inner in schema.get("properties", {}).values():
            yield from objects(inner)
        if "items" in schema:
            yield from objects(schema["items"])

    for schema in schemas().values():
        for each in objects(schema):
            assert set(each["required"]) <= set(each["properties"])


SCHEMA = {
    "type": "object",
    "properties": {
        "count": {"type": "integer"},
        "rate": {"type": ["number", "null"]},
        "kind": {"enum": ["a", "b"]},
        "rows": {"type": "array", "items": {"type": "boolean"}},
    },
    "required": ["count"],
}


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ({"count": 1, "rate": None, "kind": "a", "rows": [True]}, 0),
        ({"count": 1, "rate": 1}, 0),
        ({}, 1),
        ({"count": True}, 1),
        ({"count": 1.5}, 1),
        ({"count": 1, "rate": "fast"}, 1),
        ({"count": 1, "kind": "c"}, 1),
        ({"count": 1, "rows": [True, 0, "x"]}, 2),
        ({"count": 1, "more": 2}, 1),
        ([], 1),
    ],
)
def test_the_validator_finds_every_violation(value: object, count: int) -> None:
    assert len(list(violations(value, SCHEMA))) == count
