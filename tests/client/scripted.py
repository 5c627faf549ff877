"""A server that says whatever a test wants, for clients of either kind."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator

from underpaint_client import reveal
from underpaint_common.crypto import stego_key
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import UnderpaintError
from underpaint_common.wire import Address, Session
from underpaint_common.wire.events import DataReceived, Event, MessageReceived, Outgoing
from underpaint_common.wire.messages import (
    Ping,
    Pong,
    Push,
    PushAccepted,
    PushEnd,
    Receipt,
    ServerMessage,
)

SERVER, ALICE = Identity.generate(), Identity.generate()
Answers = Callable[["Peer", Event], ServerMessage | None]
Meets = Callable[["Peer"], None]


class Peer(asyncio.BufferedProtocol):
    """A server of one connection: a session, and a function that answers each event."""

    def __init__(self, answers: Answers, allowed: bytes, meets: Meets) -> None:
        self.session = Session.responder(SERVER, lambda key: key == allowed)
        self.answers = answers
        self.meets = meets
        self.stego = bytearray()
        self.slow = False
        self.transport: asyncio.Transport
        self.gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.meets(self)

    def connection_lost(self, _error: Exception | None) -> None:
        self.gone.set()

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.session.get_buffer(sizehint)

    def buffer_updated(self, nbytes: int) -> None:
        try:
            for event in self.session.buffer_updated(nbytes):
                self.handle(event)
        except UnderpaintError:
            self.transport.close()

    def eof_received(self) -> None:
        with contextlib.suppress(UnderpaintError):
            self.session.end_of_stream()

    def handle(self, event: Event) -> None:
        if isinstance(event, Outgoing):
            self.transport.write(event.data)
        if isinstance(event, DataReceived):
            self.stego += event.data
        answer = self.answers(self, event)
        if answer is not None:
            self.transport.write(self.session.send_message(answer))


def silent(peer: Peer, event: Event) -> None:
    """Answer nothing."""


def welcoming(peer: Peer) -> None:
    """Meet a client with patience."""


def polite(answers: Answers) -> Answers:
    """Answer pings, and leave the rest to `answers`."""

    def also_pings(peer: Peer, event: Event) -> ServerMessage | None:
        match event:
            case MessageReceived(Ping(token)):
                return Pong(token=token)
        return answers(peer, event)

    return also_pings


def honest(peer: Peer, event: Event) -> ServerMessage | None:
    match event:
        case MessageReceived(Ping(token)):
            return Pong(token=token)
        case MessageReceived(Push()):
            peer.stego.clear()
            return PushAccepted(offset=0)
        case MessageReceived(PushEnd(stego_bytes, sha256)):
            assert len(peer.stego) == stego_bytes
            assert hashlib.sha256(peer.stego).digest() == sha256
            return receipt_for(bytes(peer.stego))
    return None


class Interrupting:
    """An honest server that cuts the first upload, and meets who comes then in its own ways.

    Parameters
    ----------
    *ways : bytes
        What each connection after the first gets before it is closed; those after them are served.
    """

    def __init__(self, *ways: bytes) -> None:
        self.connections = 0
        self._ways = iter(ways)
        self._has_cut = False

    def meets(self, peer: Peer) -> None:
        self.connections += 1
        way = None if self.connections == 1 else next(self._ways, None)
        if way is not None:
            peer.transport.write(way)
            peer.transport.close()

    def answers(self, peer: Peer, event: Event) -> ServerMessage | None:
        if isinstance(event, DataReceived) and not self._has_cut:
            self._has_cut = True
            peer.transport.abort()
            return None
        return honest(peer, event)


def receipt_for(stego: bytes, sha256: bytes | None = None) -> Receipt:
    key = stego_key.from_identities(SERVER, ALICE.public, own_is_sender=False)
    found = reveal(stego, key=key)
    return Receipt(
        id="r1",
        name=found.name,
        media_type=found.media_type,
        bytes=len(found.data),
        sha256=sha256 or found.sha256,
        received_at="2031-05-06T07:08:09Z",
    )


@contextlib.asynccontextmanager
async def serving(
    answers: Answers, *, allowed: bytes = ALICE.public, meets: Meets = welcoming
) -> AsyncIterator[Address]:
    loop = asyncio.get_running_loop()
    peers: list[Peer] = []

    def met(peer: Peer) -> None:
        peers.append(peer)
        meets(peer)

    server = await loop.create_server(lambda: Peer(answers, allowed, met), "127.0.0.1", 0)
    try:
        yield Address("127.0.0.1", server.sockets[0].getsockname()[1], SERVER.public)
    finally:
        server.close()
        for peer in peers:
            peer.transport.abort()
        await asyncio.gather(*(peer.gone.wait() for peer in peers))


@contextlib.contextmanager
def serving_in_a_thread(answers: Answers, *, meets: Meets = welcoming) -> Iterator[Address]:
    """Run the same server beside a test that blocks."""
    ready, addresses = threading.Event(), list[Address]()
    loop, done = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        async with serving(answers, meets=meets) as address:
            addresses.append(address)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=[serve()])
    thread.start()
    try:
        assert ready.wait(60)
        yield addresses[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join()
        pending = asyncio.all_tasks(loop)
        assert not pending
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()
