"""What has come from a peer and is not yet taken: messages and upload bytes, in order.

The event loop adds, one coroutine takes. When much waits, reading is paused, so that a fast
peer costs no more memory than a slow one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from underpaint_common.errors import ConnectionFailed
from underpaint_common.wire import ClientMessage

_PAUSE_AT = 1 << 19
_RESUME_AT = 1 << 18
# More than they hold: reading many small records takes the loop's time, and nobody needs to send
# many ahead.
_MESSAGE_WEIGHT = 1 << 15
_LEAST_WEIGHT = 1 << 13

Item = ClientMessage | bytearray


class Inflow:
    """A bounded line of items.

    Parameters
    ----------
    pause, resume : callable
        Stop and restart reading from the peer.

    Attributes
    ----------
    failure : ConnectionFailed or None
        Why nothing more comes, if that is no orderly end.
    """

    def __init__(self, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        self.failure: ConnectionFailed | None = None
        self._pause = pause
        self._resume = resume
        self._items: deque[Item] = deque()
        self._weights: deque[int] = deque()
        self._weight = 0
        self._ended = False
        self._news = asyncio.Event()

    def add(self, item: Item) -> None:
        """Add a message, or bytes that are the line's from now on."""
        self._items.append(item)
        self._weights.append(0)
        self._weigh(_weight_of(item))
        self._news.set()

    def add_data(self, data: memoryview) -> None:
        """Add a copy of bytes, behind those of the same upload that wait already."""
        waiting = self._items[-1] if self._items else None
        if isinstance(waiting, bytearray):
            waiting += data
            self._weigh(_weight_of(data))
        else:
            self.add(bytearray(data))

    def end(self, *, forget: bool = False) -> None:
        """Note that nothing more comes; `forget` also what waits."""
        self._ended = True
        if forget:
            self._items.clear()
            self._weights.clear()
        self._news.set()

    def fail(self, error: ConnectionFailed) -> None:
        """Note that nothing more comes because the connection broke, unless it ended before."""
        if not self._ended and self.failure is None:
            self.failure = error
        self._news.set()

    async def take(self) -> Item | None:
        """Return the next item; None at the end.

        Raises
        ------
        ConnectionFailed
            The connection broke, and all that came before is taken.
        """
        while not self._items:
            if self.failure is not None:
                raise self.failure
            if self._ended:
                return None
            self._news.clear()
            await self._news.wait()
        item, weight = self._items.popleft(), self._weights.popleft()
        before, self._weight = self._weight, self._weight - weight
        if self._weight <= _RESUME_AT < before:
            self._resume()
        return item

    def _weigh(self, more: int) -> None:
        """Add to the weight of the last item."""
        self._weights[-1] += more
        before, self._weight = self._weight, self._weight + more
        if before < _PAUSE_AT <= self._weight:
            self._pause()


def _weight_of(item: Item | memoryview) -> int:
    if isinstance(item, bytearray | memoryview):
        return max(len(item), _LEAST_WEIGHT)
    return _MESSAGE_WEIGHT
