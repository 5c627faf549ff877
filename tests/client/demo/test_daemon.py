"""Commands and the daemon as the demo runs them, where they fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from underpaint_client.demo import daemon as demo_daemon
from underpaint_client.demo.daemon import daemon, run, run_json
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import LocalFileError, UnderpaintError, UsageError


def test_a_failed_command_raises_what_its_exit_code_means(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="underpaint_client ping failed"):
        run("underpaint_client", "ping", "--to", "nowhere", "--identity", tmp_path / "none")
    address = f"underpaint://127.0.0.1:1/#{Identity.generate().public_text}"
    with pytest.raises(LocalFileError, match="none"):
        run_json("underpaint_client", "ping", "--to", address, "--identity", tmp_path / "none")


def test_a_command_that_never_ends_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_daemon, "COMMAND_SECONDS", 0.001)
    with pytest.raises(UnderpaintError, match=r"client --version did not end within 0\.001 s"):
        run("underpaint_client", "--version")


def test_a_daemon_that_does_not_end_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("underpaint_server", "init", tmp_path / "server")
    monkeypatch.setattr(demo_daemon, "STOP_SECONDS", 0.0)
    with (
        pytest.raises(UnderpaintError, match="did not end cleanly"),
        daemon(tmp_path / "server" / "server.yaml"),
    ):
        pass


def test_a_daemon_that_does_not_start_says_why(tmp_path: Path) -> None:
    missing = tmp_path / "server.yaml"
    with pytest.raises(UnderpaintError, match=r"did not start.*server\.yaml"), daemon(missing):
        pytest.fail("there is no configuration")
