"""Strangers within their bounds: those that wait, those that are ending, those that failed."""

from __future__ import annotations

import asyncio

from tests.server.conftest import Pipe

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionFailed
from underpaint_common.wire import Session
from underpaint_server.connection import Connection
from underpaint_server.crowd import Crowd
from underpaint_server.limits import Limits

SERVER = Identity(bytes(range(32)))


class Gathering:
    """A daemon that is nothing but its crowd."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.crowd = Crowd()
        self.failures: list[str] = []
        self.pipes: list[Pipe] = []

    def arrive(self) -> Connection:
        session = Session.responder(SERVER, lambda _: False)
        self.pipes.append(Pipe())
        connection = Connection(session, self, f"c{len(self.pipes)}")
        connection.connection_made(self.pipes[-1])
        return connection

    def joined(self, connection: Connection) -> None:
        self.crowd.join(connection, self.limits)

    def authenticated(self, connection: Connection) -> None:
        raise NotImplementedError

    def failed(self, connection: Connection, error: ConnectionFailed) -> None:
        self.crowd.failed(connection)
        self.failures.append(f"{connection.id}: {error}")

    def parting(self, connection: Connection) -> None:
        self.crowd.part(connection, self.limits)

    def left(self, connection: Connection) -> None:
        self.crowd.leave(connection)


def test_who_gives_way_lingers_and_only_so_many_do() -> None:
    async def scenario() -> None:
        here = Gathering(Limits(half_open=3))
        everyone = [here.arrive() for _ in range(10)]
        assert here.crowd.strangers == 3
        calls = [pipe.calls for pipe in here.pipes]
        assert calls == [["write_eof", "abort"]] * 4 + [["write_eof"]] * 3 + [[]] * 3
        for each in everyone:
            each.connection_lost(None)
        assert (here.crowd.strangers, len(here.crowd)) == (0, 0)

    asyncio.run(scenario())


def test_who_lingers_and_has_gone_makes_room_for_another() -> None:
    async def scenario() -> None:
        here = Gathering(Limits(half_open=1))
        everyone = [here.arrive() for _ in range(2)]
        everyone[0].connection_lost(None)
        everyone.append(here.arrive())
        assert [pipe.calls for pipe in here.pipes] == [["write_eof"], ["write_eof"], []]
        for each in everyone:
            each.connection_lost(None)

    asyncio.run(scenario())


def test_strangers_that_are_driven_out_by_their_own_are_soon_not_looked_at() -> None:
    async def scenario() -> None:
        here = Gathering(Limits(half_open=1, failed_handshakes=4))
        everyone = [here.arrive() for _ in range(9)]
        # Those after the first few are only held until their time is up; failures fade a little.
        assert len(here.failures) in range(5, 8)
        for each in everyone:
            each.connection_lost(None)
        assert len(here.failures) in range(5, 8)

    asyncio.run(scenario())
