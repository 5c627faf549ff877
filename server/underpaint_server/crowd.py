"""All connections of the moment, within their bounds."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Coroutine

from underpaint_common.errors import Refused
from underpaint_server.bounds import too_many
from underpaint_server.connection import Connection
from underpaint_server.limits import Limits
from underpaint_server.refusals import as_message
from underpaint_server.strangers import Failures, Strangers, network_of

_POLL_SECONDS = 0.01


class Crowd:
    """Who is connected: strangers, and clients with whom a conversation is going on."""

    def __init__(self) -> None:
        self._everyone: set[Connection] = set()
        self._strangers: Strangers[Connection] = Strangers()
        self._parting: dict[Connection, None] = {}
        self._failures = Failures()
        self._clients: dict[Connection, asyncio.Task[None]] = {}
        self._of_client: Counter[bytes] = Counter()

    def __len__(self) -> int:
        return len(self._everyone)

    @property
    def strangers(self) -> int:
        """How many are not authenticated."""
        return len(self._strangers)

    def everyone(self) -> list[Connection]:
        """Return all connections, also those that are ending."""
        return list(self._everyone)

    def clients(self) -> list[tuple[Connection, asyncio.Task[None]]]:
        """Return the authenticated connections with their conversations."""
        return list(self._clients.items())

    def join(self, connection: Connection, limits: Limits) -> None:
        """Take in a stranger; where there are too many, one of the busiest network gives way.

        Whose network failed too often lately is not looked at, and sees what any stranger sees.
        """
        network = network_of(connection.address)
        self._everyone.add(connection)
        self._strangers.add(connection, network)
        if self._failures.are_too_many(network, limits.failed_handshakes, time.monotonic()):
            connection.ignore()
        if len(self._strangers) > limits.half_open:
            going = self._strangers.first_to_go()
            self._strangers.discard(going)
            going.give_up("too many others are not authenticated either")

    def failed(self, connection: Connection) -> None:
        """Note that a stranger broke the protocol or is not allowed."""
        self._failures.note(network_of(connection.address), time.monotonic())

    def admit(
        self, connection: Connection, limits: Limits, conversation: Coroutine[None, None, None]
    ) -> None:
        """Begin the conversation with a client, or tell it that there is no room.

        Raises
        ------
        Refused
            One of the bounds is reached.
        """
        client = connection.peer
        try:
            if len(self._clients) >= limits.connections:
                raise too_many("connections", limits.connections)
            if self._of_client[client] >= limits.connections_per_client:
                raise too_many("connections of one client", limits.connections_per_client)
        except Refused as refusal:
            conversation.close()
            connection.finish(last_word=as_message(refusal))
            raise
        self._of_client[client] += 1
        task = asyncio.create_task(conversation)
        self._clients[connection] = task
        task.add_done_callback(lambda _: self._conversation_over(connection))

    def known(self, connection: Connection) -> None:
        """Note that a connection is a stranger's no more."""
        self._strangers.discard(connection)

    def part(self, connection: Connection, limits: Limits) -> None:
        """Let a connection that has had its FIN linger, and no more than so many of them."""
        self._strangers.discard(connection)
        self._parting[connection] = None
        if len(self._parting) > limits.half_open:
            longest = next(iter(self._parting))
            del self._parting[longest]
            longest.cut()

    def leave(self, connection: Connection) -> None:
        """Forget a connection."""
        self._everyone.discard(connection)
        self._parting.pop(connection, None)
        self._strangers.discard(connection)

    async def wait_for_conversations(self, seconds: float) -> None:
        """Wait until nobody is talked to any more, or the time is over."""
        if self._clients:
            await asyncio.wait(self._clients.values(), timeout=seconds)

    async def wait_until_gone(self, seconds: float) -> None:
        """Wait until every socket is closed, or the time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._everyone:
                    await asyncio.sleep(_POLL_SECONDS)

    def _conversation_over(self, connection: Connection) -> None:
        del self._clients[connection]
        self._of_client[connection.peer] -= 1
        if not self._of_client[connection.peer]:
            del self._of_client[connection.peer]
