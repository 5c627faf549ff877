"""`underpaintd check`: what it prints means the same, and what will surprise is told."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.docs.json_schemas import assert_documented

from underpaint_common.errors import ExitCode
from underpaint_common.terminal import run_command
from underpaint_common.units import ByteCount, Seconds
from underpaint_server.checking import as_yaml, cautions
from underpaint_server.cli import cli
from underpaint_server.config import Config, load_config, parse_config
from underpaint_server.endpoint import Endpoint
from underpaint_server.keep import Keep
from underpaint_server.limits import Limits
from underpaint_server.setup import new_server

HOSTS = st.sampled_from(["127.0.0.1", "::", "pictures.example.org"])
ENDPOINTS = st.builds(Endpoint, HOSTS, st.integers(0, 65535))
CONFIGS = st.builds(
    Config,
    listen=ENDPOINTS,
    host=HOSTS,
    state=st.sampled_from([Path("/srv/a folder"), Path("/var/lib/ünderpaint: 1")]),
    keep=st.sampled_from(Keep),
    metrics=st.none() | ENDPOINTS,
    on_received=st.lists(st.text("ab '\"#:", min_size=1), max_size=3).map(tuple),
    limits=st.builds(
        Limits,
        upload_bytes=st.integers(1, 1 << 50).map(ByteCount),
        idle_timeout=st.floats(1e-3, 1e6).map(Seconds),
    ),
)


def run(*args: object) -> int:
    return run_command(cli, "underpaintd", ["check", *map(str, args)])


@given(CONFIGS)
def test_what_is_printed_means_the_same(config: Config) -> None:
    assert parse_config(as_yaml(config).encode(), source="printed") == config


def test_every_key_is_printed_with_what_takes_effect(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "server.yaml"
    new_server(tmp_path, host=None, listen=None)
    path.write_text("limits: {idle_timeout: 90 s}\n")
    assert run("--config", path) == ExitCode.DONE
    printed, warnings = capsys.readouterr()
    assert parse_config(printed.encode(), source="printed") == load_config(path)
    assert f"state: {tmp_path / 'state'}\n" in printed
    assert "  idle_timeout: 90 s\n  hook_timeout: 1 min\n" in printed
    assert warnings == ""
    assert run("--config", path, "--json") == ExitCode.DONE
    out = capsys.readouterr().out
    assert_documented(cli, "underpaintd", ["check"], out)
    shown = json.loads(out)
    assert shown.keys() == set(Config.__struct_fields__)
    assert shown["limits"].keys() == set(Limits.__struct_fields__)
    assert shown["limits"]["upload_bytes"] == "256 MiB"


def test_a_mistake_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "server.yaml"
    path.write_text("limits: {idle_timout: 90 s}\n")
    assert run("--config", path) == ExitCode.USAGE
    assert "did you mean idle_timeout?" in capsys.readouterr().err
    assert run("--config", tmp_path / "none.yaml") == ExitCode.LOCAL_FILE


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"listen": Endpoint("::", 7741)}, "clients are told 127.0.0.1"),
        ({"metrics": Endpoint("192.0.2.1", 7742)}, "whoever reaches 192.0.2.1:7742"),
        ({"on_received": ("/no/such/command", "-x")}, "/no/such/command is no command"),
        ({"state": Path("/no/such/folder")}, "/no/such/folder is not a state folder"),
        ({"limits": Limits(connections=1 << 30)}, "open files"),
    ],
)
def test_what_will_surprise_is_told(tmp_path: Path, change: dict[str, object], words: str) -> None:
    new_server(tmp_path, host=None, listen=None)
    config = load_config(tmp_path / "server.yaml")
    assert list(cautions(config)) == []
    (caution,) = cautions(msgspec.structs.replace(config, **change))
    assert words in caution


def test_a_warning_does_not_fail_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "server.yaml"
    path.write_text("")
    assert run("--config", path) == ExitCode.DONE
    assert capsys.readouterr().err.startswith(f"warning: {tmp_path / 'state'} is not a state")
