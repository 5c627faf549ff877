"""A gate that lets so many pass at a time, first come, first served; it can change its width."""

from __future__ import annotations

import asyncio
from collections import deque


class Gate:
    """Use it as ``async with gate``; of one event loop.

    Parameters
    ----------
    width : int
        How many may be inside at the same time.

    Attributes
    ----------
    inside : int
        How many are.
    """

    def __init__(self, width: int) -> None:
        self.inside = 0
        self._width = width
        self._line: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return sum(not each.done() for each in self._line)

    def resize(self, width: int) -> None:
        """Change the width; nobody who is inside has to leave."""
        self._width = width
        self._let_in()

    async def __aenter__(self) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        self._let_in()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()  # was let in at the very moment
            raise

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        self.inside -= 1
        self._let_in()

    def _let_in(self) -> None:
        while self._line and self.inside < self._width:
            turn = self._line.popleft()
            if not turn.done():
                self.inside += 1
                turn.set_result(None)
