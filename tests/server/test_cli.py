"""The command line: help that shows an example, and errors with their exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.json_schemas import assert_documented

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ExitCode
from underpaint_common.terminal import run_command
from underpaint_common.version import __version__
from underpaint_server.cli import cli

COMMANDS = [
    *("init", "serve", "check", "allow", "invite", "revoke", "clients", "address"),
    *("list", "show", "export", "remove", "verify", "status", "backup", "restore"),
]
KEY = Identity.generate().public_text


def run(*args: object) -> int:
    return run_command(cli, "underpaintd", [str(arg) for arg in args])


@pytest.fixture
def config(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert run("init", tmp_path) == ExitCode.DONE
    capsys.readouterr()
    return tmp_path / "server.yaml"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command, "--help") == ExitCode.DONE
    out = capsys.readouterr().out
    assert f"Example:\n    underpaintd {command}" in out
    assert command in {"init", "restore"} or "--config FILE" in out


def test_the_help_lists_commands_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == ExitCode.DONE
    out = capsys.readouterr().out
    assert all(command in out for command in COMMANDS)
    assert all(code.meaning in out for code in ExitCode)


@pytest.mark.skipif(sys.platform != "linux", reason="a file name may be any bytes")
def test_a_folder_whose_name_is_no_text_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / os.fsdecode(b"s\xff\x1b[2J")
    config = folder / "server.yaml"
    assert run("init", folder) == ExitCode.DONE
    for command in ("check", "status", "list", "verify", "address"):
        for more in ([], ["--json"]):
            assert run(command, *more, "--config", config) == ExitCode.DONE
            assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("host", ["", "a b", "a..b", "a" * 64, "é.de", "h:1"])
def test_a_host_that_no_client_could_read_is_wrong_usage(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    for command in (("address", "--config", config), ("init", tmp_path / "other")):
        assert run(*command, "--host", host) == ExitCode.USAGE
        assert capsys.readouterr().out == ""
    config.write_text(f'host: "{host}"\n')
    assert run("check", "--config", config) == ExitCode.USAGE
    assert "host" in capsys.readouterr().err


def test_an_empty_text_is_no_folder(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    for command in (
        *(("init", ""), ("restore", "", "x"), ("restore", "x", ""), ("status", "--config", "")),
        ("backup", "", "--config", config),
        ("export", "--all", "", "--config", config),
    ):
        assert run(*command) == ExitCode.USAGE, command
    assert sorted(tmp_path.iterdir()) == before
    for line in ('state: ""', 'state: "a\\0b"', 'on_received: [""]', 'on_received: ["a\\0b"]'):
        config.write_text(line + "\n")
        assert run("check", "--config", config) == ExitCode.USAGE, line


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == ExitCode.DONE
    assert capsys.readouterr().out == f"underpaintd {__version__}\n"


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from underpaint_common.terminal import run_command\n"
        "from underpaint_server.cli import cli\n"
        "assert run_command(cli, 'underpaintd', ['serve', '--help']) == 0\n"
        "heavy = {'numpy', 'PIL', 'Crypto', 'asyncio', 'yaml', 'sqlite3', 'msgspec'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)


def test_allow_and_revoke_say_what_they_did(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for expected in ("alice may push\n", "alice was allowed already\n"):
        assert run("allow", "alice", KEY, "--config", config) == ExitCode.DONE
        assert capsys.readouterr() == (expected, "")
    assert run("revoke", "alice", "--config", config) == ExitCode.DONE
    assert capsys.readouterr() == ("alice may push no more\n", "")


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["allow", "alice", KEY[:-1]], ExitCode.USAGE, "cut"),
        (["allow", "../alice", KEY], ExitCode.USAGE, "cannot be a client's name"),
        (["revoke", "nobody"], ExitCode.USAGE, "no client is called"),
        (["serve", "--listen", "nowhere"], ExitCode.USAGE, "is not HOST:PORT"),
        (["allow", "alice"], ExitCode.USAGE, "missing argument"),
    ],
)
def test_wrong_calls(
    config: Path,
    capsys: pytest.CaptureFixture[str],
    args: list[str],
    code: ExitCode,
    words: str,
) -> None:
    assert run(*args, "--config", config) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("underpaintd: error: ")
    assert words in err


@pytest.mark.parametrize("command", ["serve", "address", "list"])
def test_a_missing_configuration_is_a_file_error_with_a_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert run(command, "--config", tmp_path / "none.yaml") == ExitCode.LOCAL_FILE
    assert "underpaintd init" in capsys.readouterr().err


def test_a_private_key_in_the_place_of_a_public_one_is_not_echoed(
    config: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    private = (tmp_path / "state" / "identity.key").read_text().strip()
    assert run("allow", "alice", private, "--config", config) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert private not in out + err
    assert private.split("_")[1][:20] not in out + err


def test_init_prints_the_address_alone_and_refuses_a_second_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("init", tmp_path / "x", "--host", "up.example.org") == ExitCode.DONE
    out, err = capsys.readouterr()
    assert out.startswith("underpaint://up.example.org:7741/#upub_")
    assert out.count("\n") == 1
    assert err == ""
    assert run("init", tmp_path / "x") == ExitCode.LOCAL_FILE


def test_the_address_as_json(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("address", "--config", config) == ExitCode.DONE
    line = capsys.readouterr().out.strip()
    assert run("address", "--json", "--config", config) == ExitCode.DONE
    out = capsys.readouterr().out
    assert json.loads(out) == {"address": line}
    assert_documented(cli, "underpaintd", ["address"], out)
