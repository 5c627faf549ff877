"""The commands about clients: what they print, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.docs.json_schemas import assert_documented

from underpaint_common.crypto.identity import Identity
from underpaint_common.crypto.stego_key import generate_key_file
from underpaint_common.errors import ExitCode
from underpaint_common.terminal import run_command
from underpaint_common.wire.invite import Invite
from underpaint_server.cli import cli

KEY = Identity.generate().public_text


@pytest.fixture
def config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert run_command(cli, "underpaintd", ["init", str(tmp_path)]) == ExitCode.DONE
    capsys.readouterr()
    return tmp_path / "server.yaml"


def run(config: Path, *words: object) -> int:
    return run_command(cli, "underpaintd", [*map(str, words), "--config", str(config)])


def test_an_invitation_is_one_line_on_stdout(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(config, "invite", "alice", "--host", "images.example.org") == ExitCode.DONE
    out, err = capsys.readouterr()
    invite = Invite.parse(out)
    assert (invite.name, invite.address.host) == ("alice", "images.example.org")
    assert "underpaint join LINE" in err
    assert out.strip() not in err


def test_invitations_and_clients_as_json(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(config, "invite", "alice", "--expires", "2 d", "--json") == ExitCode.DONE
    out = capsys.readouterr().out
    assert_documented(cli, "underpaintd", ["invite"], out)
    made = json.loads(out)
    assert Invite.parse(made["invite"]).until.isoformat() == made["until"]
    run(config, "allow", "bob", KEY)
    capsys.readouterr()
    assert run(config, "clients", "--json") == ExitCode.DONE
    out = capsys.readouterr().out
    assert_documented(cli, "underpaintd", ["clients"], out)
    rows = json.loads(out)
    assert [(row["name"], row["public_key"]) for row in rows] == [("alice", None), ("bob", KEY)]
    assert run(config, "clients") == ExitCode.DONE
    out = capsys.readouterr().out
    assert "uinvite_" not in out
    assert "bob" in out


@pytest.mark.parametrize("span", ["soon", "0 s", "-1 h", "1000 d"])
def test_a_span_that_is_none_is_wrong_usage(
    config: Path, capsys: pytest.CaptureFixture[str], span: str
) -> None:
    assert run(config, "invite", "alice", "--expires", span) == ExitCode.USAGE
    run(config, "clients", "--json")
    assert json.loads(capsys.readouterr().out) == []


def test_a_preshared_key_comes_from_a_file(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = run(config, "allow", "alice", KEY, "--psk-file", tmp_path / "psk")
    assert missing == ExitCode.LOCAL_FILE
    generate_key_file(tmp_path / "psk")
    assert run(config, "allow", "alice", KEY, "--psk-file", tmp_path / "psk") == ExitCode.DONE
    capsys.readouterr()
    run(config, "clients")
    assert "with a pre-shared key" in capsys.readouterr().out
