"""Turns: in one round of the event loop a few records are read, whoever sends them.

Opening a record takes the loop half a millisecond. Were everyone read who has sent something,
many fast clients together would keep it from what is due meanwhile.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

_A_ROUND = 4


class Turns:
    """A line of those who wait until they are read again; of one event loop."""

    def __init__(self) -> None:
        self._line: deque[Callable[[], None]] = deque()

    def wait(self, begin: Callable[[], None]) -> None:
        """Call `begin` when its turn has come, in a later round of the loop."""
        self._line.append(begin)
        if len(self._line) == 1:
            asyncio.get_running_loop().call_soon(self._next_round)

    def _next_round(self) -> None:
        for _ in range(min(_A_ROUND, len(self._line))):
            self._line.popleft()()
        if self._line:
            asyncio.get_running_loop().call_soon(self._next_round)
