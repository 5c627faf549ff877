"""A running daemon is copied, lost, and restored: its clients notice nothing."""

from __future__ import annotations

import itertools
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from underpaint_common.wire import Receipt

pytestmark = pytest.mark.end_to_end


def test_a_backup_taken_under_load_restores_to_the_same_server(
    new_daemon: Any, connect: Any, stego: Any, run_underpaintd: Any, tmp_path: Path
) -> None:
    daemon, backup, restored = new_daemon(), tmp_path / "backup", tmp_path / "restored"
    alice = daemon.allow("alice")
    address = daemon.start()
    image = stego(alice, address.server_key)
    receipts: dict[bytes, Receipt] = {}
    enough = threading.Event()

    def push_on_and_on() -> None:
        client = connect(address, alice)
        for number in itertools.count():
            if enough.is_set():
                return
            upload = number.to_bytes(16, "big")
            receipts[upload] = client.push(image, upload)

    pushing = threading.Thread(target=push_on_and_on)
    pushing.start()
    try:
        daemon.wait_for(lambda: len(receipts) > 3)
        before = dict(receipts)
        for _ in range(2):
            run_underpaintd("backup", backup, "--config", daemon.config)
    finally:
        enough.set()
        pushing.join()
    daemon.stop(signal.SIGKILL)
    run_underpaintd("verify", "--config", backup / "server.yaml")
    run_underpaintd("restore", backup, restored)
    run_underpaintd("verify", "--config", restored / "server.yaml")

    again = new_daemon(existing=restored)
    address = again.start()
    client = connect(address, alice)
    assert before.items() <= receipts.items()
    for upload, receipt in before.items():
        assert client.push(image, upload) == receipt
    assert isinstance(client.push(image, os.urandom(16)), Receipt)
    ids = [row["id"] for row in again.received()]
    assert len(ids) == len(set(ids)) <= len(receipts) + 1
    assert {receipt.id for receipt in before.values()} <= set(ids)


def test_nothing_is_copied_into_the_folder_of_a_running_daemon(
    new_daemon: Any, run_underpaintd: Any, tmp_path: Path
) -> None:
    daemon = new_daemon()
    daemon.start()
    done = run_underpaintd("backup", daemon.folder, "--config", daemon.config, expect=9)
    assert "another underpaintd is running" in done.stderr
