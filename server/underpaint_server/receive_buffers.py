"""Memory for uploads that are being received: so many at a time as `receive_buffers` holds.

An upload gets its buffers before its client is asked for data, and no connection may send data
that was not asked for; so nobody makes the daemon hold more.

Nor does anybody keep others from theirs: who holds fewest is next, and while somebody waits that
holds fewer, the oldest upload of who holds most has to make way once it took its time.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from underpaint_server.bounds import no_buffers
from underpaint_server.limits import RECEIVE_BYTES_PER_UPLOAD, Limits

_PATIENCE = 10.0
_LOOK_SECONDS = 0.5


@dataclass(eq=False, slots=True)
class _Place:
    """An upload in line, or with its buffers since a moment of the loop's clock."""

    client: bytes
    make_way: Callable[[], None]
    turn: asyncio.Future[None]
    since: float = 0.0
    is_leaving: bool = False


class ReceiveBuffers:
    """The buffers, of one event loop.

    Parameters
    ----------
    limits : callable
        Returns the bounds of this moment.
    """

    def __init__(self, limits: Callable[[], Limits]) -> None:
        self._limits = limits
        self._line: list[_Place] = []
        self._inside: list[_Place] = []
        self._held: Counter[bytes] = Counter()

    @contextlib.asynccontextmanager
    async def of_one_upload(
        self, client: bytes, make_way: Callable[[], None]
    ) -> AsyncIterator[None]:
        """Hold the buffers of one upload, after waiting for them.

        Parameters
        ----------
        client : bytes
            Whose upload it is.
        make_way : callable
            Ends the upload soon, because others wait.

        Raises
        ------
        Refused
            It took too long until others gave theirs back.
        """
        place = _Place(client, make_way, asyncio.get_running_loop().create_future())
        self._line.append(place)
        try:
            await self._await_turn(place)
            yield
        finally:
            self._leave(place)

    async def _await_turn(self, place: _Place) -> None:
        self._let_in()
        try:
            async with asyncio.timeout(_PATIENCE):
                while not place.turn.done():
                    self._ask_for_way(place.client)
                    await asyncio.wait([place.turn], timeout=_LOOK_SECONDS)
                    self._let_in()  # the bound may have been raised meanwhile
        except TimeoutError:
            raise no_buffers() from None

    def _let_in(self) -> None:
        """Give what is free to who holds fewest, first come, first served."""
        width = self._limits().receive_buffers // RECEIVE_BYTES_PER_UPLOAD
        while self._line and len(self._inside) < width:
            place = min(self._line, key=lambda each: self._held[each.client])
            self._line.remove(place)
            self._inside.append(place)
            self._held[place.client] += 1
            place.since = asyncio.get_running_loop().time()
            place.turn.set_result(None)

    def _ask_for_way(self, client: bytes) -> None:
        """Let an upload make way for a client that waits and holds fewer, if one took its time."""
        if sum(each.is_leaving for each in self._inside) >= len(self._line):
            return
        long_ago = asyncio.get_running_loop().time() - self._limits().transfer_timeout
        slow = [
            each
            for each in self._inside
            if each.since <= long_ago
            and not each.is_leaving
            and self._held[each.client] > self._held[client]
        ]
        if slow:
            going = max(slow, key=lambda each: (self._held[each.client], -each.since))
            going.is_leaving = True
            going.make_way()

    def _leave(self, place: _Place) -> None:
        if place in self._line:
            self._line.remove(place)
            return
        self._inside.remove(place)
        self._held[place.client] -= 1
        if not self._held[place.client]:
            del self._held[place.client]
        self._let_in()
