"""The channel beside its floors: sealing, opening, handshakes, and a transfer over loopback."""

from __future__ import annotations

import contextlib
import hmac
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from Crypto.Cipher import AES
from tests.benchmarks.measuring import ROUNDS, in_turns
from tests.benchmarks.tables import markdown, publish

from underpaint_client.demo.daemon import daemon, run
from underpaint_common.crypto.cbc_cipher import CbcHs512
from underpaint_common.crypto.identity import Identity
from underpaint_common.wire import (
    MAX_RECORD,
    Address,
    MessageReceived,
    Outgoing,
    Push,
    PushAccepted,
    PushEnd,
    RecordLimits,
    Refusal,
    Session,
)
from underpaint_common.wire.records import LENGTH_BYTES, RecordOpener, RecordSealer, RecordType

RECORDS = 64
TRANSFER_BYTES = 64 << 20
HANDSHAKES = 200
SINK = """
import socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
buffer = memoryview(bytearray(1 << 18))
while True:
    peer, _ = listener.accept()
    with peer:
        left = int.from_bytes(peer.recv(8), "big")
        while left:
            left -= peer.recv_into(buffer)
        peer.sendall(b".")
"""


def main() -> None:
    """Measure the channel."""
    if hasattr(os, "sched_setaffinity"):
        every_core = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(every_core)})
    publish("records", _records())
    publish("handshakes", _handshakes())
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, every_core)
    publish("transfer", _transfer())


def _records() -> str:
    """Seal and open in place, beside the same cipher and MAC over the same bytes."""
    content = os.urandom(MAX_RECORD)
    sealer = RecordSealer(CbcHs512(bytes(32)), RecordLimits())
    sealed = [sealer.seal(RecordType.DATA, content) for _ in range(RECORDS)]
    # Opening destroys what it opens: every round needs a copy that is made beforehand.
    copies = [[bytearray(each) for each in sealed] for _ in range(ROUNDS)]
    body = memoryview(bytearray(os.urandom(MAX_RECORD)))
    out = memoryview(bytearray(MAX_RECORD))

    def floor_of_sealing() -> None:
        for _ in range(RECORDS):
            AES.new(bytes(32), AES.MODE_CBC, iv=bytes(16)).encrypt(body, output=out)
            hmac.digest(bytes(32), out, "sha512")

    def seal() -> None:
        writer = RecordSealer(CbcHs512(bytes(32)), RecordLimits())
        for _ in range(RECORDS):
            writer.seal(RecordType.DATA, content)

    def floor_of_opening() -> None:
        for _ in range(RECORDS):
            hmac.digest(bytes(32), body, "sha512")
            AES.new(bytes(32), AES.MODE_CBC, iv=bytes(16)).decrypt(body, output=body)

    def open_() -> None:
        reader = RecordOpener(CbcHs512(bytes(32)), RecordLimits())
        for each in copies.pop():
            view = memoryview(each)
            reader.open_in_place(bytes(view[:LENGTH_BYTES]), view[LENGTH_BYTES:])

    tasks = {"floor seal": floor_of_sealing, "seal": seal, "floor open": floor_of_opening,
             "open": open_}  # fmt: skip
    seconds = in_turns(tasks)
    speed = {name: RECORDS * MAX_RECORD / least / 1e9 for name, least in seconds.items()}
    rows = [
        [name, f"{speed['floor ' + name]:.3f}", f"{speed[name]:.3f}",
         f"{100 * speed[name] / speed['floor ' + name]:.0f} %"]
        for name in ("seal", "open")
    ]  # fmt: skip
    columns = ("records of 256 KiB", "CBC and HMAC alone, GB/s", "record, GB/s", "of the floor")
    return markdown("Records, one core", columns, rows)


def _handshakes() -> str:
    """Shake hands in process, both sides and the server's alone."""
    client, server = Identity.generate(), Identity.generate()
    openings = [Session.initiator(client, server.public).start() for _ in range(HANDSHAKES)]

    def answer(opening: bytes) -> bytes:
        responder = Session.responder(server, client.public.__eq__)
        (event,) = _give(responder, opening)
        assert isinstance(event, Outgoing)
        return event.data

    def both() -> None:
        for _ in range(HANDSHAKES):
            initiator = Session.initiator(client, server.public)
            _give(initiator, answer(initiator.start()))

    def server_alone() -> None:
        for opening in openings:
            answer(opening)

    seconds = in_turns({"both sides": both, "server": server_alone}, rounds=3)
    rows = [[name, f"{HANDSHAKES / least:.0f}"] for name, least in seconds.items()]
    return markdown("Handshakes, one core", ("computed", "a second"), rows)


def _transfer() -> str:
    """Send 64 MiB to a daemon's spool, and as plainly as can be to a process that drops it."""
    image = os.urandom(TRANSFER_BYTES)
    with _sink() as port, _daemon() as (address, identity):
        tasks = {
            "bare TCP": lambda: _copy(port, image),
            "client session and daemon": lambda: _push(address, identity, image),
        }
        seconds = in_turns(tasks, rounds=5)
    bare = seconds["bare TCP"]
    rows = [
        [name, f"{least:.3f}", f"{len(image) / least / 1e9:.2f}", f"{least / bare:.1f} x"]
        for name, least in seconds.items()
    ]
    title = "64 MiB over loopback, two processes; the daemon also hashes and spools it"
    return markdown(title, ("way", "seconds", "GB/s", "bare TCP"), rows)


def _give(session: Session, data: bytes) -> list[object]:
    session.get_buffer()[: len(data)] = data
    return list(session.buffer_updated(len(data)))


@contextlib.contextmanager
def _sink() -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", SINK], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@contextlib.contextmanager
def _daemon() -> Iterator[tuple[Address, Identity]]:
    identity = Identity.generate()
    with tempfile.TemporaryDirectory(prefix="underpaint-bench-") as temporary:
        config = Path(temporary, "server", "server.yaml")
        run("underpaint_server", "init", config.parent)
        run("underpaint_server", "allow", "bench", identity.public_text, "--config", config)
        with daemon(config) as running:
            yield Address.parse(running.address), identity


def _copy(port: int, image: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.sendall(len(image).to_bytes(8, "big"))
        sock.sendall(image)
        sock.recv(1)


def _push(address: Address, identity: Identity, image: bytes) -> None:
    """Push what is no image: all of it is received before it is refused."""
    session = Session.initiator(identity, address.server_key)
    with socket.create_connection((address.host, address.port)) as sock:
        sock.sendall(session.start())
        while not session.established:
            session.buffer_updated(sock.recv_into(session.get_buffer()))
        sock.sendall(session.send_message(Push(os.urandom(16))))
        assert isinstance(_answer(sock, session), PushAccepted)
        for record in session.send_data(image):
            sock.sendall(record)
        # The digest is not the image's: refused when all of it is there, before any decoder.
        sock.sendall(session.send_message(PushEnd(len(image), bytes(32))))
        refusal = _answer(sock, session)
        if not isinstance(refusal, Refusal) or refusal.code != "mismatch":
            raise RuntimeError(f"the daemon answered {refusal}")
        sock.sendall(session.send_close())
        sock.recv(1)


def _answer(sock: socket.socket, session: Session) -> object:
    while True:
        events = session.buffer_updated(sock.recv_into(session.get_buffer()))
        for event in events:
            if isinstance(event, MessageReceived):
                return event.message
