"""The daemon's memory stays within its bounds, whatever authenticated clients do."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import sys
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.load.idle import connected, limits_for

from underpaint_common.errors import ConnectionFailed
from underpaint_common.wire import MAX_RECORD, Ping, Push, PushAccepted, Receipt, Refusal

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is read from Linux's /proc"),
]

MANY = 80
KIB, MIB = 1 << 10, 1 << 20
SLACK = 24 * MIB  # what the allocator keeps; connections, buffers and jobs are counted apart


def test_idle_connections_cost_little_and_a_push_passes_among_them(
    new_daemon: Any, connect: Any, stego: Any
) -> None:
    daemon = new_daemon(**limits_for(MANY))
    alice = daemon.allow("alice")
    address = daemon.start()
    image = stego(alice, address.server_key)
    pusher = connect(address, alice)
    assert isinstance(pusher.push(image), Receipt)
    before = daemon.memory()
    crowd = list(connected(address, alice, MANY))
    assert daemon.memory() - before < MANY * 30_000 + 4 * MIB
    assert isinstance(pusher.push(image), Receipt)
    for client in crowd:
        client.ping()
        client.drop()


def test_who_has_pushed_costs_no_more_than_who_has_not(new_daemon: Any, connect: Any) -> None:
    daemon = new_daemon(**limits_for(MANY))
    alice = daemon.allow("alice")
    address = daemon.start()
    image = os.urandom(3 * MAX_RECORD)
    assert isinstance(connect(address, alice).push(image), Refusal)
    before = daemon.memory()
    clients = [connect(address, alice) for _ in range(MANY)]
    for client in clients:
        assert isinstance(client.push(image), Refusal)
    # A kept buffer of one record each would be 20 MiB.
    assert daemon.memory() - before < MANY * 32 * KIB + 8 * MIB


def half_a_record(client: Any, _image: bytes) -> None:
    """Begin an upload, and stop in the middle of a record."""
    client.send(Push(os.urandom(16)))
    client.socket.settimeout(0.3)
    with contextlib.suppress(TimeoutError):
        client.answer()
    (record,) = client.session.send_data(bytes(MAX_RECORD))
    client.socket.sendall(record[: len(record) // 2])


def data_before_accept(client: Any, _image: bytes) -> None:
    """Send data that nobody asked for, as long as somebody reads."""
    client.socket.settimeout(0.3)
    for record in client.session.send_data(bytes(16 * MAX_RECORD)):
        client.socket.sendall(record)


def tiny_records(client: Any, _image: bytes) -> None:
    """Send an upload byte by byte, each a record."""
    client.send(Push(os.urandom(16)))
    if isinstance(client.answer(), PushAccepted):
        records = b"".join(next(client.session.send_data(b"x")) for _ in range(200))
        client.socket.sendall(records)
        client.drop()  # others wait for its buffers


def deaf(client: Any, _image: bytes) -> None:
    """Ask and ask, and never read an answer."""
    client.socket.settimeout(0.3)
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.socket.sendall(
        b"".join(client.session.send_message(Ping(bytes(64))) for _ in range(300))
    )


def refused_and_going_on(client: Any, image: bytes) -> None:
    """Send on and on after a refusal."""
    client.socket.settimeout(0.5)
    client.send(Push(os.urandom(16)))
    if isinstance(client.answer(), PushAccepted):
        for _ in range(20):
            client.send_data(image + bytes(MAX_RECORD))


def hang_up_with_full_buffers(client: Any, _image: bytes) -> None:
    """Break the protocol amid an upload, and leave the connection to the daemon."""
    client.send(Push(os.urandom(16)))
    if isinstance(client.answer(), PushAccepted):
        client.send_data(bytes(2 * MAX_RECORD))
        client.socket.sendall(b"\xff" * 100)


def pixels_without_end(client: Any, _image: bytes) -> None:
    """Upload the header of an image of 3.6 thousand million pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
    image = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(MIB)))
    assert client.push(image).code == "unusable_image"


def a_secret_that_swells(client: Any, image: bytes) -> None:
    """Upload a small image whose secret would be large."""
    assert client.push(image).code in {"too_large", "damaged", "unusable_image"}


MISCHIEF: list[Callable[[Any, bytes], None]] = [
    half_a_record,
    data_before_accept,
    tiny_records,
    deaf,
    refused_and_going_on,
    hang_up_with_full_buffers,
]
ALONE: list[Callable[[Any, bytes], None]] = [pixels_without_end, a_secret_that_swells]
BUFFERS = 8 * MIB
JOBS, PIXELS = 1, MIB


@pytest.mark.parametrize("mischief", MISCHIEF + ALONE, ids=lambda each: each.__name__)
def test_no_client_makes_it_hold_more_than_its_bounds(
    new_daemon: Any, connect: Any, stego: Any, mischief: Any
) -> None:
    limits = {**limits_for(MANY), "uploads_per_client": MANY, "receive_buffers": BUFFERS}
    limits |= {"image_jobs": JOBS, "pixels": PIXELS, "secret_bytes": MIB, "upload_bytes": MIB}
    daemon = new_daemon(**limits)
    alice = daemon.allow("alice")
    address = daemon.start()
    small = stego(alice, address.server_key)
    swelling = stego(alice, address.server_key, bytes(60 * MIB), shape=(480, 640))
    connect(address, alice).push(small)
    before = daemon.memory()
    clients = [connect(address, alice) for _ in range(MANY if mischief in MISCHIEF else 3)]

    def play(client: Any) -> None:
        with contextlib.suppress(ConnectionFailed, OSError, EOFError):
            mischief(client, swelling)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(play, clients))
    bound = len(clients) * 32 * KIB + BUFFERS + JOBS * 12 * PIXELS + SLACK
    assert daemon.memory(peak=True) - before < bound
    for client in clients:
        client.drop()
    assert isinstance(connect(address, alice).push_when_let(small), Receipt)
