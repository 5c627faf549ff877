"""Metrics, health, logs for programs, and the operator's command."""

from __future__ import annotations

import json
import os
import re
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from underpaint_common.wire import Receipt, Refusal

PROJECT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def port() -> Iterator[int]:
    """A port to serve metrics on; Linux gives one that is bound to nobody else meanwhile."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        number: int = held.getsockname()[1]
        if sys.platform != "linux":
            held.close()
        yield number


_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with _DIRECT.open(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_metrics_and_health(new_daemon: Any, connect: Any, stego: Any, port: int) -> None:
    daemon = new_daemon()
    daemon.configure(metrics=f"127.0.0.1:{port}")
    alice = daemon.allow("alice")
    address = daemon.start()
    client = connect(address, alice)
    image = stego(alice, address.server_key)
    upload = os.urandom(16)
    for _ in range(2):
        assert isinstance(client.push(image, upload), Receipt)
    assert isinstance(client.push(b"no image" * 50), Refusal)
    status, text = get(port, "/metrics")
    assert status == 200
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert values['underpaint_handshakes_total{result="authenticated"}'] == "1.0"
    assert values['underpaint_uploads_total{result="kept"}'] == "1.0"
    assert values['underpaint_uploads_total{result="again"}'] == "1.0"
    assert values['underpaint_uploads_total{result="unusable_image"}'] == "1.0"
    assert float(values["underpaint_received_bytes_total"]) == len(image) + 400
    assert values["underpaint_connections"] == "1.0"
    assert values['underpaint_stage_seconds_count{stage="store"}'] == "1.0"
    assert values["underpaint_image_jobs_waiting"] == "0.0"
    assert values["underpaint_spool_bytes"] == "0.0"
    assert float(values["underpaint_store_free_bytes"]) > 0
    daemon.wait_for(lambda: "underpaint_loop_lag_seconds_count 0.0" not in get(port, "/metrics")[1])
    assert get(port, "/healthz") == (200, "ok\n")
    assert get(port, "/readyz") == (200, "ready\n")
    assert get(port, "/elsewhere")[0] == 404


def test_every_metric_that_an_alert_asks_for_is_there_from_the_start(
    new_daemon: Any, port: int
) -> None:
    daemon = new_daemon()
    daemon.configure(metrics=f"127.0.0.1:{port}")
    daemon.start()
    shown = get(port, "/metrics")[1]
    asked = (PROJECT / "config" / "prometheus" / "alerts.test.yml").read_text()
    for series in set(re.findall(r"underpaint_\w+", asked)):
        assert f"\n{series}{{" in shown or f"\n{series} " in shown, series
    rules = (PROJECT / "config" / "prometheus" / "alerts.yml").read_text()
    assert set(re.findall(r"underpaint_\w+", rules)) <= set(re.findall(r"underpaint_\w+", asked))
    for result in re.findall(r'result=~?"([a-z_|]+)"', rules):
        for each in result.split("|"):
            assert f'{{result="{each}"}} 0.0' in shown


def test_a_full_disk_is_not_ready(new_daemon: Any, port: int) -> None:
    daemon = new_daemon(min_free="1000000 GiB")
    daemon.configure(metrics=f"127.0.0.1:{port}")
    daemon.start()
    assert get(port, "/readyz") == (503, "the disk is nearly full\n")
    assert get(port, "/healthz")[0] == 200


@pytest.mark.parametrize(
    "request_", [b"", b"nonsense", b"POST /metrics HTTP/1.1\r\n\r\n", b"G" * 20_000]
)
def test_whatever_is_asked_harms_nobody(new_daemon: Any, port: int, request_: bytes) -> None:
    daemon = new_daemon()
    daemon.configure(metrics=f"127.0.0.1:{port}")
    daemon.start()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as peer:
        peer.sendall(request_)
        peer.shutdown(socket.SHUT_WR)
        assert b"200 OK" not in peer.recv(100)
    assert get(port, "/healthz")[0] == 200
    assert not any("Traceback" in line for line in daemon.lines)


def test_a_metrics_port_in_use_is_told_in_a_sentence(new_daemon: Any, run_underpaintd: Any) -> None:
    daemon = new_daemon()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        daemon.configure(metrics=f"127.0.0.1:{port}", listen="127.0.0.1:0")
        done = run_underpaintd("serve", "--config", daemon.config, expect=2)
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_logs_for_programs_are_json_without_key_material(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon()
    daemon.configure(log_format="json", log_level="debug")
    alice = daemon.allow("alice")
    address = daemon.start()
    upload = os.urandom(16)
    connect(address, alice).push(stego(alice, address.server_key), upload)
    assert daemon.stop() == 0
    events = {event["event"]: event for event in map(json.loads, daemon.lines)}
    kept = events["kept"]
    assert (kept["client"], kept["upload"], kept["bytes"]) == ("alice", upload.hex(), 10)
    assert kept["connection"] == events["authenticated"]["connection"]
    private = (daemon.state / "identity.key").read_text().strip()
    for line in daemon.lines:
        assert private not in line
        assert "the secret" not in line


HOOK = """
import json, pathlib, sys
path, told = sys.argv[-1], json.load(sys.stdin)
pathlib.Path(sys.argv[1]).write_text(json.dumps([path, told, pathlib.Path(path).read_text()]))
"""


def test_the_operators_command_gets_path_and_metadata(
    new_daemon: Any, connect: Any, stego: Any, tmp_path: Path
) -> None:
    daemon = new_daemon(shutdown_timeout="50 s")
    daemon.configure(on_received=[sys.executable, "-c", HOOK, str(tmp_path / "heard")])
    alice = daemon.allow("alice")
    address = daemon.start()
    receipt = connect(address, alice).push(stego(alice, address.server_key))
    assert daemon.stop() == 0  # it may finish
    path, told, content = json.loads((tmp_path / "heard").read_text())
    assert content == "the secret"
    assert path == told["path"]
    assert (told["id"], told["client"], told["name"]) == (receipt.id, "alice", "secret.txt")


@pytest.mark.parametrize(
    ("command", "timeout", "reason"),
    [
        (["/nowhere/at/all"], "50 s", "FileNotFoundError"),
        ([sys.executable, "-c", "raise SystemExit(3)"], "50 s", "exit_code=3"),
        ([sys.executable, "-c", "import time; time.sleep(1000)"], "0.5 s", "TimeoutError"),
    ],
)
def test_a_command_that_fails_is_logged_and_harmless(
    new_daemon: Any, connect: Any, stego: Any, command: list[str], timeout: str, reason: str
) -> None:
    daemon = new_daemon(hook_timeout=timeout)
    daemon.configure(on_received=command)
    alice = daemon.allow("alice")
    address = daemon.start()
    client = connect(address, alice)
    assert isinstance(client.push(stego(alice, address.server_key)), Receipt)
    daemon.wait_for_event("hook_failed")
    assert any(reason in line for line in daemon.lines)
    client.ping()


COUNTING = """
import pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
mine = folder / sys.argv[-1].rsplit("/", 1)[-1]
mine.touch()
(folder.parent / f"seen-{len(list(folder.iterdir()))}").touch()
time.sleep(0.2)
mine.unlink()
"""


def test_no_more_commands_run_at_the_same_time_than_the_bound_says(
    new_daemon: Any, connect: Any, stego: Any, tmp_path: Path
) -> None:
    running = tmp_path / "running"
    running.mkdir()
    daemon = new_daemon(hook_jobs=2, shutdown_timeout="50 s")
    daemon.configure(on_received=[sys.executable, "-c", COUNTING, str(running)])
    alice = daemon.allow("alice")
    address = daemon.start()
    client = connect(address, alice)
    image = stego(alice, address.server_key)
    for _ in range(5):
        assert isinstance(client.push(image), Receipt)
    assert daemon.stop() == 0  # they may finish
    assert not any("hook_failed" in line for line in daemon.lines)
    seen = {path.name for path in tmp_path.glob("seen-*")}
    assert "seen-1" in seen
    assert seen <= {"seen-1", "seen-2"}
