"""The image's entry point and the two nodes' file, as far as they can be seen without an engine."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

from underpaint_client.cli.group import underpaint
from underpaint_server.cli import cli as underpaintd

PROJECT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
TOP_KEYS = {"services", "volumes", "networks"}
KNOWN_TO_COMPOSE_1_29 = {
    *("build", "cap_add", "cap_drop", "command", "environment", "healthcheck", "image"),
    *("network_mode", "networks", "read_only", "security_opt", "stop_grace_period", "tmpfs"),
    *("user", "volumes", "working_dir"),
}


@pytest.fixture
def entry() -> dict[str, Any]:
    """Return the names of the entry point, which is a script and no part of a package."""
    return runpy.run_path(str(PROJECT / "config" / "container" / "entry.py"))


def test_no_word_of_use_in_a_container_means_both_commands() -> None:
    assert set(underpaint.commands) & set(underpaintd.commands) == {"completion"}


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["push", "a.png"], ["underpaint", "push", "a.png"]),
        (["list", "--json"], ["underpaintd", "list", "--json"]),
        (["serve"], ["underpaintd", "serve"]),
        (["underpaint", "serve"], ["underpaint", "serve"]),
        (["underpaintd", "push"], ["underpaintd", "push"]),
        (["--help"], ["underpaint", "--help"]),
        ([], ["underpaint", "--help"]),
        (["sh", "-c", "true"], ["sh", "-c", "true"]),
    ],
)
def test_words_find_their_command(
    entry: dict[str, Any], words: list[str], command: list[str]
) -> None:
    assert entry["command_for"](words) == command


def test_the_daemon_is_made_on_its_first_start_alone(
    entry: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "server.yaml"
    monkeypatch.setenv("UNDERPAINTD_CONFIG", str(config))
    monkeypatch.setenv("UNDERPAINT_HOST", "images.example.org")
    needs_a_server, serve = entry["needs_a_server"], ["underpaintd", "serve"]
    assert needs_a_server(serve)
    assert not needs_a_server([*serve, "--config", "/etc/mine.yaml"])
    assert not needs_a_server(["underpaintd", "list"])
    init = entry["first_start"]()
    assert init[:5] == ["underpaintd", "init", str(tmp_path), "--host", "images.example.org"]
    assert {word for word in init[1:] if word.startswith("--")} <= {
        option for each in underpaintd.commands["init"].params for option in each.opts
    }
    config.touch()
    assert not needs_a_server(serve)


def test_compose_1_29_knows_every_key() -> None:
    assert {key for key in COMPOSE if not key.startswith("x-")} == TOP_KEYS
    for service in COMPOSE["services"].values():
        assert service.keys() <= KNOWN_TO_COMPOSE_1_29


def test_the_nodes_can_do_little_and_reach_nobody_else() -> None:
    for name in ("alice", "bob"):
        node = COMPOSE["services"][name]
        assert "ports" not in node
        assert (node["cap_drop"], node["read_only"]) == (["ALL"], True)
        assert "user" not in node
        assert [volume for volume in node["volumes"] if "/demo" in volume] == []
        assert node["networks"] == ["between"]
    assert COMPOSE["networks"]["between"] == {"internal": True}
    assert COMPOSE["services"]["desk"]["network_mode"] == "none"


def test_what_the_image_copies_is_not_ignored() -> None:
    sent = (PROJECT / ".dockerignore").read_text().splitlines()
    for line in (PROJECT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert f"!{source}" in sent, source
