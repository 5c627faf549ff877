"""Two identities, and what a shell does, for the tests of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache

import pytest

from underpaint_common.crypto import kem, x25519
from underpaint_common.crypto.identity import Identity
from underpaint_common.wire import DataReceived, Event, Outgoing, RecordLimits, Session

Feed = Callable[..., list[Event]]
Pair = tuple[Session, Session]


@pytest.fixture(scope="session")
def client() -> Identity:
    """Return a client's identity, the same in every run."""
    return Identity(bytes(range(32)))


@pytest.fixture(scope="session")
def server() -> Identity:
    """Return a server's identity, the same in every run."""
    return Identity(bytes(range(32, 64)))


def _feed(session: Session, data: bytes, sizes: list[int] | None = None) -> list[Event]:
    """Give bytes to a session as a socket would; data events are copied, as they fade."""
    events: list[Event] = []
    rest = memoryview(data)
    turn = 0
    while len(rest):
        view = session.get_buffer()
        most = sizes[turn % len(sizes)] if sizes else len(rest)
        count = min(len(view), len(rest), most)
        view[:count] = rest[:count]
        rest = rest[count:]
        turn += 1
        for event in session.buffer_updated(count):
            if isinstance(event, DataReceived):
                events.append(DataReceived(memoryview(bytes(event.data))))
            else:
                events.append(event)
    return events


@pytest.fixture(scope="session")
def feed() -> Feed:
    """Return the function that gives bytes to a session, in pieces where sizes are given."""
    return _feed


@pytest.fixture(scope="session")
def connect(client: Identity, server: Identity) -> Callable[..., Pair]:
    """Return the function that makes two sessions and takes them through the handshake."""

    def connect(limits: RecordLimits | None = None) -> Pair:
        limits = limits or RecordLimits()
        initiator = Session.initiator(client, server.public, limits=limits)
        responder = Session.responder(server, client.public.__eq__, limits=limits)
        (answer,) = _feed(responder, initiator.start())
        assert isinstance(answer, Outgoing)
        _feed(initiator, answer.data)
        return initiator, responder

    return connect


@pytest.fixture(scope="session")
def fixed_ephemeral() -> Callable[[int], AbstractContextManager[None]]:
    """Return a context in which every ephemeral key is one byte repeated.

    What is encapsulated for a KEM key is drawn once, and the same from then on.
    """
    generate, encapsulate = kem.KemKey, cache(kem.encapsulate)

    @contextmanager
    def fixed(byte: int) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(x25519, "generate", lambda: bytes([byte]) * 32)
            patch.setattr(kem, "KemKey", lambda: generate(bytes([byte]) * 64))
            patch.setattr(kem, "encapsulate", encapsulate)
            yield

    return fixed
