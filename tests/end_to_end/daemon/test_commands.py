"""The commands as an operator types them, from nothing to a list of what was received."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from underpaint_common.crypto.identity import Identity
from underpaint_common.wire import Address, Receipt

pytestmark = pytest.mark.end_to_end


def test_from_nothing_to_a_received_secret(
    tmp_path: Path, run_underpaintd: Any, new_daemon: Any, connect: Any, stego: Any
) -> None:
    made = run_underpaintd("init", tmp_path / "up")
    assert made.stderr.startswith("hint: ")
    config = ("--config", tmp_path / "up" / "server.yaml")
    assert run_underpaintd("address", *config).stdout == made.stdout
    printed = Address.parse(made.stdout)
    assert (printed.host, printed.port) == ("127.0.0.1", 7741)
    named = run_underpaintd("address", "--host", "pictures.example.org", *config).stdout
    assert Address.parse(named) == Address("pictures.example.org", 7741, printed.server_key)

    alice = Identity.generate()
    assert run_underpaintd("allow", "alice", alice.public_text, *config).stderr == ""
    assert run_underpaintd("list", *config).stdout == ""
    assert json.loads(run_underpaintd("list", "--json", *config).stdout) == []

    daemon = new_daemon(existing=tmp_path / "up")
    address = daemon.start()
    assert address.server_key == printed.server_key
    receipt = connect(address, alice).push(stego(alice, address.server_key))
    assert isinstance(receipt, Receipt)

    (row,) = json.loads(run_underpaintd("list", "--json", *config).stdout)
    assert (row["id"], row["client"], row["bytes"]) == (receipt.id, "alice", 10)
    assert Path(row["path"]).read_bytes() == b"the secret"
    table = run_underpaintd("list", *config).stdout
    assert "alice" in table
    assert receipt.id in table
    run_underpaintd("revoke", "alice", *config)
    run_underpaintd("revoke", "alice", *config, expect=2)
    assert daemon.stop() == 0
