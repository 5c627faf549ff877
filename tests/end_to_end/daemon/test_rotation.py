"""Keys are changed as docs/operations.md says, and nobody who may push is kept from it."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionFailed
from underpaint_common.wire import Receipt

pytestmark = pytest.mark.end_to_end


def test_a_client_changes_its_key_and_keeps_name_and_images(
    new_daemon: Any, connect: Any, stego: Any, run_underpaintd: Any
) -> None:
    daemon = new_daemon(handshake_timeout="2 s")
    old = daemon.allow("alice")
    address = daemon.start()
    client = connect(address, old)
    assert isinstance(client.push(stego(old, address.server_key)), Receipt)
    new = Identity.generate()
    words = ("allow", "alice", new.public_text, "--renew", "--config", daemon.config)
    assert run_underpaintd(*words).stdout == "alice may push\n"
    with pytest.raises((EOFError, ConnectionFailed)):
        client.next_event()
    renewed = connect(address, new)
    assert isinstance(renewed.push(stego(new, address.server_key)), Receipt)
    with pytest.raises((EOFError, ConnectionFailed, OSError)):
        connect(address, old)
    assert [row["client"] for row in daemon.received()] == ["alice", "alice"]


def test_a_server_changes_its_key_while_the_old_one_still_answers(
    new_daemon: Any, connect: Any, stego: Any, run_underpaintd: Any
) -> None:
    old, new = new_daemon(), new_daemon()
    alice = old.allow("alice")
    # As the page says: a second server beside the first, with the same list.
    shutil.copy(old.state / "allowed", new.state / "allowed")
    addresses = [old.start(), new.start()]
    assert addresses[0].server_key != addresses[1].server_key
    for address in addresses:
        image = stego(alice, address.server_key)
        assert isinstance(connect(address, alice).push(image, os.urandom(16)), Receipt)
    assert [len(each.received()) for each in (old, new)] == [1, 1]
