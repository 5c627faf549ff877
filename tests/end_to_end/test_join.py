"""From an invitation to the first push, with real commands against a real daemon."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.end_to_end.daemon.process import DaemonProcess

from underpaint_common.errors import ExitCode
from underpaint_common.wire import Address
from underpaint_server.allowed import AllowedFile
from underpaint_server.inviting import new_invite

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[DaemonProcess, Address]]:
    daemon = DaemonProcess(tmp_path / "joined", {"handshake_timeout": "3 s"})
    yield daemon, daemon.start()
    daemon.kill()


def invite(server: tuple[DaemonProcess, Address], name: str, seconds: float = 3600) -> str:
    daemon, address = server
    daemon.lines.clear()
    made = new_invite(AllowedFile(daemon.state / "allowed"), name, address, seconds)
    daemon.wait_for_event("allowed_changed")
    return str(made)


def test_join_and_push(server: Any, bare: Any) -> None:
    line = invite(server, "alice")
    joined = bare.client("join", line, "--as", "home", "--json")
    assert joined.code == ExitCode.DONE, joined.err
    assert joined.json["name"] == "alice"
    assert joined.json["remote"] == "home"
    pushed = bare.client("push", "secret.png", "--cover", "cover.png", "--to", "home")
    assert pushed.code == ExitCode.DONE, pushed.err
    (row,) = server[0].received()
    assert (row["client"], row["name"]) == ("alice", "secret.png")
    again = bare.client("join", line)
    assert again.code == ExitCode.DONE, again.err
    assert "--to home" in again.err


def test_what_is_used_by_another_is_explained(server: Any, bare: Any, tmp_path: Path) -> None:
    line = invite(server, "alice")
    assert bare.client("join", line).code == ExitCode.DONE
    other = bare.client("join", line, "--identity", tmp_path / "other.key")
    assert other.code == ExitCode.NO_CONNECTION
    assert "somebody else has used it" in other.err
    assert "underpaintd clients" in other.err
    assert line.rpartition(".")[2] not in other.err


def test_what_is_too_late_is_explained(server: Any, bare: Any) -> None:
    line = invite(server, "alice", 1)
    time.sleep(1.5)
    late = bare.client("join", line)
    assert late.code == ExitCode.NO_CONNECTION
    assert "which ended at" in late.err
    assert "underpaintd invite alice" in late.err
    assert bare.client("remote", "list", "--json").json["remotes"] == []


@pytest.mark.parametrize("line", ["hello", "underpaint-invite://h:1/x", ""])
def test_what_is_no_invitation_makes_nothing(bare: Any, line: str) -> None:
    refused = bare.client("join", line)
    assert refused.code == ExitCode.USAGE
    assert not (bare.folder / "alice.key").exists()


def test_a_preshared_key_is_asked_for(server: Any, bare: Any) -> None:
    daemon, address = server
    key = bare.client("keygen", "--json").json["public_key"]
    assert bare.client("keygen", "--shared", "psk.key").code == ExitCode.DONE
    allowed = bare.run(
        *("underpaint_server", "allow", "alice", key, "--psk-file", "psk.key"),
        *("--config", daemon.config),
    )
    assert allowed.code == ExitCode.DONE, allowed.err
    daemon.wait_for_event("allowed_changed")
    ping = ("ping", "--to", str(address))
    without = bare.client(*ping)
    assert without.code == ExitCode.NO_CONNECTION
    assert "--psk-file" in without.err
    assert bare.client(*ping, "--psk-file", "psk.key").code == ExitCode.DONE
    pushed = bare.client(
        *("push", "secret.png", "--cover", "cover.png", "--to", str(address)),
        *("--psk-file", "psk.key"),
    )
    assert pushed.code == ExitCode.DONE, pushed.err
