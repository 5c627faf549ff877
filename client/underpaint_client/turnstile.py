"""One after another, in the order in which turns were taken, however fast each of them comes."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self


class Turn:
    """A place in the order; as a context it is over at the end, whatever happened within.

    Parameters
    ----------
    ahead : tuple of asyncio.Event
        Are set when the turns before this one are over.
    """

    def __init__(self, ahead: tuple[asyncio.Event, ...]) -> None:
        self._ahead = ahead
        self.ended = asyncio.Event()

    async def come(self) -> None:
        """Wait until all turns before this one are over."""
        for each in self._ahead:
            await each.wait()

    def over(self) -> None:
        """Let the next one come."""
        self.ended.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.over()


class Turnstile:
    """Gives out turns."""

    def __init__(self) -> None:
        self._open: tuple[asyncio.Event, ...] = ()

    def turn(self) -> Turn:
        """Return the place after all that were given out."""
        self._open = tuple(each for each in self._open if not each.is_set())
        turn = Turn(self._open)
        self._open += (turn.ended,)
        return turn
