"""`underpaint remote`, and `--to` by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ExitCode
from underpaint_common.wire import Address

Run = Callable[..., tuple[int, str, str]]
RunJson = Callable[..., dict[str, Any]]
SERVER = Identity.generate()
ADDRESS = str(Address("example.org", 7741, SERVER.public))


def test_a_remote_is_added_listed_and_removed(run: Run, run_json: RunJson) -> None:
    code, out, err = run("remote", "list")
    assert (code, out) == (0, "")
    assert "remote add" in err
    code, out, err = run("remote", "add", "home", ADDRESS)
    assert (code, out) == (0, "")
    assert "the default" in err
    assert run("remote", "list")[1] == f"name     address\nhome  *  {ADDRESS}\n"
    assert run_json("remote", "list")["remotes"] == [
        {"name": "home", "address": ADDRESS, "default": True}
    ]
    assert run_json("remote", "remove", "home") == {"name": "home", "default": None}
    assert run_json("remote", "list")["remotes"] == []


def test_one_of_several_is_made_the_default(run_json: RunJson) -> None:
    assert run_json("remote", "add", "home", ADDRESS)["default"]
    assert not run_json("remote", "add", "work", ADDRESS)["default"]
    assert run_json("remote", "add", "work", ADDRESS, "--default")["default"]
    assert run_json("remote", "remove", "work")["default"] == "home"


def test_mistakes_end_with_2(run: Run) -> None:
    run("remote", "add", "home", ADDRESS)
    other = str(Address("other.org", 1, SERVER.public))
    assert run("remote", "add", "home", other)[0] == ExitCode.USAGE
    assert run("remote", "add", "home", other, "--force")[0] == 0
    assert run("remote", "add", "a b", ADDRESS)[0] == ExitCode.USAGE
    assert run("remote", "add", "x", "nonsense")[0] == ExitCode.USAGE
    assert run("remote", "remove", "hme")[0] == ExitCode.USAGE


def test_hide_and_push_know_a_server_by_its_name(
    run: Run, run_json: RunJson, secret: Path, cover: Path, tmp_path: Path
) -> None:
    run("keygen")
    sender = run_json("keygen", "--identity", "alice.key")["public_key"]
    SERVER.save(tmp_path / "server.key")
    run("remote", "add", "home", ADDRESS)
    hide = ("hide", secret, cover, "-o", "s.png", "--identity", "alice.key")
    assert run(*hide, "--to", "home")[0] == 0
    reveal = ("reveal", "s.png", "-o", "out.png", "--from", sender, "--identity", "server.key")
    assert run(*reveal)[0] == 0
    assert (tmp_path / "out.png").read_bytes() == secret.read_bytes()
    code, _, err = run(*hide, "--to", "hme", "--force")
    assert code == ExitCode.USAGE
    assert "did you mean home?" in err


@pytest.mark.parametrize("command", [("ping",), ("push", "a", "--cover", "b")])
def test_without_a_server_the_hint_says_how_to_name_one(run: Run, command: tuple[str]) -> None:
    code, _, err = run(*command)
    assert code == ExitCode.USAGE
    assert "no server is named" in err
    assert "underpaint remote add" in err
