"""docs/operations.md: every command in it is one, and what it says of numbers is so."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from underpaint_client.cli.group import underpaint
from underpaint_server.cli import cli as underpaintd
from underpaint_server.limits import Limits

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs" / "operations.md").read_text()
GROUPS = {"underpaint": underpaint, "underpaintd": underpaintd}


def commands() -> list[list[str]]:
    """Return what the page runs of the two commands, in blocks and within sentences."""
    blocks = "\n".join(re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)).replace("\\\n", " ")
    lines = re.findall(r"^[$#] (.*)$", blocks, re.MULTILINE)
    lines += re.findall(r"`(underpaintd? [^`]+)`", PAGE.replace("\n", " "))
    found = []
    for line in lines:
        words = shlex.split(line)
        for place, word in enumerate(words):
            following = words[place + 1] if place + 1 < len(words) else "."
            if word in GROUPS and following not in GROUPS and following != ".":
                found.append(words[place:])
                break
    return found


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_and_option_is_known(words: list[str]) -> None:
    command: click.Command = GROUPS[words[0]]
    for word in words[1:]:
        if isinstance(command, click.Group):
            assert word in command.commands, words
            command = command.commands[word]
        elif word.startswith("-"):
            assert any(word in parameter.opts for parameter in command.params), words


def test_the_page_runs_commands() -> None:
    assert len(commands()) > 20


def test_files_that_it_names_are_there() -> None:
    named = set(re.findall(r"config/[\w./-]+\w", PAGE))
    assert len(named) > 5
    for name in named:
        assert (PROJECT / name).exists(), name


def test_what_it_says_of_limits_and_metrics_is_so() -> None:
    limits = Limits()
    assert f"{limits.connections:,} connections" in PAGE
    assert limits.min_free == 256 << 20
    assert "`min_free` (256 MiB)" in PAGE
    rules = yaml.safe_load((PROJECT / "config" / "prometheus" / "alerts.yml").read_text())
    alerts = {rule["alert"] for group in rules["groups"] for rule in group["rules"]}
    assert set(re.findall(r"`(Underpaint\w+)`", PAGE)) <= alerts
    metrics = (PROJECT / "server" / "underpaint_server").glob("*.py")
    source = "".join(path.read_text() for path in metrics)
    for name in re.findall(r"`underpaint_(\w+?)(?:_total)?[`{]", PAGE):
        assert f'"{name}"' in source or f'"underpaint_{name}"' in source, name
