"""What an operator and a service manager do to a daemon, and what it says to them."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from underpaint_common.wire import Receipt, Refusal

pytestmark = pytest.mark.end_to_end


def write_limits(daemon: Any, limits: str) -> None:
    head = daemon.config.read_text().partition("limits:")[0]
    daemon.config.write_text(f"{head}limits: {limits}\n")


def test_sighup_changes_bounds_and_logging_and_drops_nobody(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    client = connect(address, alice)
    image = stego(alice, address.server_key)
    assert isinstance(client.push(image), Receipt)
    write_limits(daemon, "{upload_bytes: 1 kB, image_jobs: 1}")
    daemon.configure(log_format="json", keep="both")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for(lambda: any(line.startswith("{") for line in daemon.lines))
    (event,) = [json.loads(line) for line in daemon.lines if line.startswith("{")]
    assert (event["event"], event["needs_restart"]) == ("reloaded", "keep")
    refusal = client.push(image)
    assert isinstance(refusal, Refusal)
    assert refusal.code == "too_large"


@pytest.mark.parametrize("broken", ["{conections: 5}", "{connections: 1000000000}", "["])
def test_a_broken_configuration_is_refused_and_the_old_one_stays(
    new_daemon: Any, connect: Any, stego: Any, broken: str
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    address = daemon.start()
    client = connect(address, alice)
    write_limits(daemon, broken)
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for_event("reload_refused")
    assert isinstance(client.push(stego(alice, address.server_key)), Receipt)


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The socket on which a service manager listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listening


def heard_until(manager: socket.socket, wanted: str) -> list[str]:
    heard: list[str] = []
    while wanted not in heard:
        heard += manager.recv(4096).decode().splitlines()
    return heard


def test_the_service_manager_hears_of_readiness_reloads_heartbeats_and_the_end(
    new_daemon: Any, manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "100000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    daemon = new_daemon()
    daemon.start()
    assert "READY=1" in heard_until(manager, "READY=1")
    assert heard_until(manager, "WATCHDOG=1").count("WATCHDOG=1") == 1
    daemon.process.send_signal(signal.SIGHUP)
    reloading = heard_until(manager, "RELOADING=1")
    assert any(line.startswith("MONOTONIC_USEC=") for line in reloading)
    heard_until(manager, "READY=1")
    daemon.process.send_signal(signal.SIGTERM)
    heard_until(manager, "STOPPING=1")
    assert daemon.wait() == 0


def test_a_listening_socket_is_taken_over(new_daemon: Any, connect: Any) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        hand_over = (
            "import os, socket\n"
            f"os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1')\n"
            f"os.dup2({listening.fileno()}, 3)\n"
        )
        address = daemon.start(after=hand_over, pass_fds=(listening.fileno(),))
        assert address.port == port
        connect(address, alice).ping()


def test_an_inbox_that_cannot_be_written_is_told_in_a_sentence(
    new_daemon: Any, run_underpaintd: Any
) -> None:
    daemon = new_daemon()
    if os.geteuid() == 0:
        (daemon.state / "inbox").rmdir()  # root may write everywhere
    else:
        (daemon.state / "inbox").chmod(0o500)
    done = run_underpaintd("serve", "--config", daemon.config, expect=9)
    assert "inbox is missing or cannot be written" in done.stderr
    assert done.stderr.count("\n") == 2


def test_status_knows_whether_it_runs(new_daemon: Any, run_underpaintd: Any) -> None:
    daemon = new_daemon()
    daemon.start()
    for running in (True, False):
        status = json.loads(run_underpaintd("status", "--json", "--config", daemon.config).stdout)
        assert status["running"] is running
        if running:
            daemon.stop()
