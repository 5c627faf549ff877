"""docs/commands.md names every command, setting, variable and exit code, and no other default."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from underpaint_client.cli.config import shown
from underpaint_client.cli.group import underpaint
from underpaint_client.configuration import KEYS, Configuration
from underpaint_common.errors import ExitCode
from underpaint_server.cli import cli

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "commands.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("|")
]
VARIABLE = re.compile(r'"(UNDERPAINTD?_[A-Z_]*[A-Z])"')


@pytest.mark.parametrize(("program", "group"), [("underpaint", underpaint), ("underpaintd", cli)])
def test_every_command_stands_in_a_table_and_no_other(program: str, group: object) -> None:
    named = {word for row in ROWS for word in re.findall(rf"`{program} ([a-z]+)`", row[0])}
    assert named == set(getattr(group, "commands"))  # noqa: B009 - either kind of group


def test_every_setting_stands_there_with_its_default() -> None:
    rows = {row[0].strip("`"): row for row in ROWS if len(row) == 3}
    del rows["setting"], rows["---"]
    assert list(rows) == list(KEYS)
    for key, (_, _, built_in) in rows.items():
        default = shown(getattr(Configuration(), key))
        assert default == (built_in.strip("`") if built_in.startswith("`") else ""), key


def test_every_variable_stands_there() -> None:
    sources = [*(PROJECT / "client").rglob("*.py"), *(PROJECT / "server").rglob("*.py")]
    sources += (PROJECT / "common").rglob("*.py")
    known = {name for path in sources for name in VARIABLE.findall(path.read_text())}
    assert known
    assert {name for name in known if f"`{name}`" not in PAGE} == {"UNDERPAINT_IDENTITY"}


def test_the_exit_codes_are_those_of_the_commands() -> None:
    rows = [tuple(row) for row in ROWS if row[0].isdecimal()]
    assert rows == [(str(int(code)), code.meaning) for code in ExitCode]
