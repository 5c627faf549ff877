"""The smallest client there is, and stego images for it to push."""

from __future__ import annotations

import hashlib
import os
import socket
import time
from typing import Any

import numpy as np
from tests.end_to_end.daemon.process import PATIENCE

from underpaint_common.crypto.identity import Identity
from underpaint_common.crypto.stego_key import from_identities
from underpaint_common.payload import Mode, SecretFile, hide
from underpaint_common.pictures import encode, picture_from_array
from underpaint_common.wire import (
    Address,
    ClientMessage,
    Closed,
    Established,
    Event,
    MessageReceived,
    Outgoing,
    Ping,
    Push,
    PushAccepted,
    PushEnd,
    Refusal,
    Session,
)


class RawClient:
    """The smallest client there is: a protocol session over a blocking socket."""

    def __init__(self, address: Address, identity: Identity, **secrets: bytes) -> None:
        self.session = Session.initiator(identity, address.server_key, **secrets)
        self.socket = socket.create_connection((address.host, address.port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.resumed_at = 0
        self._events: list[Event] = []

    def connect(self) -> RawClient:
        """Do the handshake, and show by a first record that it is really us."""
        self.socket.sendall(self.session.start())
        self.ping()
        return self

    def send(self, message: ClientMessage) -> None:
        self._await_establishment()
        self.socket.sendall(self.session.send_message(message))

    def send_data(self, data: bytes) -> None:
        for record in self.session.send_data(data):
            self.socket.sendall(record)

    def next_event(self) -> Event:
        """Return the server's next event that means something to a user."""
        while not self._events:
            count = self.socket.recv_into(self.session.get_buffer())
            if count == 0:
                self.session.end_of_stream()
                raise EOFError
            self._events += self.session.buffer_updated(count)
        event = self._events.pop(0)
        return self.next_event() if isinstance(event, Established | Outgoing) else event

    def answer(self) -> Any:
        event = self.next_event()
        assert isinstance(event, MessageReceived), event
        return event.message

    def ping(self) -> None:
        self.send(Ping(b"ping"))
        assert self.answer().token == b"ping"

    def push(self, stego: bytes, upload_id: bytes | None = None) -> Any:
        """Push a stego image and return the server's last word."""
        self.send(Push(upload_id or os.urandom(16)))
        accepted = self.answer()
        if not isinstance(accepted, PushAccepted):
            return accepted
        self.resumed_at = accepted.offset
        assert accepted.sha256 == hashlib.sha256(stego[: accepted.offset]).digest()
        self.send_data(stego[accepted.offset :])
        self.send(PushEnd(len(stego), hashlib.sha256(stego).digest()))
        return self.answer()

    def push_when_let(self, stego: bytes, upload_id: bytes | None = None) -> Any:
        """Push, coming back as often as the daemon asks: it may still be busy with what was."""
        deadline = time.monotonic() + PATIENCE
        while isinstance(answer := self.push(stego, upload_id), Refusal) and answer.retry_after:
            assert time.monotonic() < deadline, answer
            time.sleep(answer.retry_after / 10)
        return answer

    def close(self) -> None:
        """Close in order, and see the server do the same."""
        self.socket.sendall(self.session.send_close())
        assert isinstance(self.next_event(), Closed)
        self.socket.close()

    def drop(self) -> None:
        self.socket.close()

    def _await_establishment(self) -> None:
        while not self.session.established:
            count = self.socket.recv_into(self.session.get_buffer())
            if count == 0:
                self.session.end_of_stream()
            self._events += self.session.buffer_updated(count)


def stego_image(
    sender: Identity,
    server_key: bytes,
    data: bytes = b"the secret",
    *,
    name: str = "secret.txt",
    shape: tuple[int, int] = (120, 160),
) -> bytes:
    """Return a PNG in which a secret is hidden for one server alone, in the mode that is quick."""
    samples = np.random.default_rng(7).integers(40, 200, (*shape, 3), dtype=np.uint8)
    key = from_identities(sender, server_key, own_is_sender=True)
    secret = SecretFile(name, "text/plain", data)
    hidden = hide(picture_from_array(samples), secret, key, mode=Mode.PLANES)
    return b"".join(encode(hidden.picture))
