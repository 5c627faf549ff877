"""Whoever is revoked is cut off within a second, whatever it is doing."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from underpaint_common.errors import ConnectionCut, Unanswered
from underpaint_common.wire import MAX_RECORD, Ping, Push, PushAccepted, PushEnd
from underpaint_server.allowed import AllowedFile

pytestmark = pytest.mark.end_to_end

ATTEMPTS = 5  # a busy machine may be late now and then; a daemon that looks too seldom always is


def idle(_client: Any) -> None:
    """Say nothing."""


def begun(client: Any) -> None:
    """Be accepted, and send nothing."""
    client.send(Push(os.urandom(16)))
    assert isinstance(client.answer(), PushAccepted)


def uploading(client: Any) -> None:
    """Be between two records of an upload."""
    begun(client)
    client.send_data(bytes(3 * MAX_RECORD))


def amid_a_record(client: Any) -> None:
    """Be in the middle of a record."""
    uploading(client)
    (record,) = client.session.send_data(bytes(MAX_RECORD))
    client.socket.sendall(record[:100_000])


@pytest.mark.parametrize("doing", [idle, begun, uploading, amid_a_record])
def test_a_client_is_cut_off_within_a_second(
    new_daemon: Any, connect: Any, doing: Callable[[Any], None]
) -> None:
    daemon = new_daemon()
    names = [f"client{number}" for number in range(ATTEMPTS)]
    identities = [daemon.allow(name) for name in names]
    address = daemon.start()
    seconds = []
    for name, identity in zip(names, identities, strict=True):
        client = connect(address, identity)
        doing(client)
        AllowedFile(daemon.state / "allowed").revoke(name)
        started = time.monotonic()
        with pytest.raises(ConnectionCut):
            client.next_event()
        seconds.append(time.monotonic() - started)
        if seconds[-1] < 1:
            break
    assert min(seconds) < 1, seconds
    daemon.wait_for(lambda: daemon.leftovers() == [])


WORKS_UNTIL_TOLD = """
import pathlib, time
from underpaint_server import receive
folder = pathlib.Path({folder!r})
def extract(*_):
    (folder / "at work").touch()
    while not (folder / "done").exists(): time.sleep(0.01)
    raise OSError("of a test")
receive.extract = extract
"""


def test_an_image_that_takes_long_keeps_nobody_from_being_cut_off(
    new_daemon: Any, connect: Any, tmp_path: Path
) -> None:
    daemon = new_daemon(handshake_timeout="2 s")
    alice, bob = daemon.allow("alice"), daemon.allow("bob")
    address = daemon.start(after=WORKS_UNTIL_TOLD.format(folder=str(tmp_path)))
    slow, other = connect(address, alice), connect(address, bob)
    try:
        begun(slow)
        slow.send_data(bytes(1000))
        slow.send(PushEnd(1000, hashlib.sha256(bytes(1000)).digest()))
        daemon.wait_for((tmp_path / "at work").exists)
        for name, client in {"alice": slow, "bob": other}.items():
            AllowedFile(daemon.state / "allowed").revoke(name)
            with pytest.raises(ConnectionCut):
                client.next_event()
        with pytest.raises(Unanswered):
            connect(address, bob)
        assert daemon.leftovers() != [], "the image is still worked on"
    finally:
        (tmp_path / "done").touch()
    daemon.wait_for(lambda: daemon.leftovers() == [])


def test_who_is_revoked_between_handshake_and_first_record_is_nobody(
    new_daemon: Any, raw_client: Any
) -> None:
    daemon = new_daemon()
    alice = daemon.allow("alice")
    client = raw_client(daemon.start(), alice)
    client._await_establishment()
    AllowedFile(daemon.state / "allowed").revoke("alice")
    daemon.wait_for_event("allowed_changed")
    client.send(Ping())
    with pytest.raises(ConnectionCut):
        client.next_event()
    assert not any("event=authenticated" in line for line in daemon.lines)
