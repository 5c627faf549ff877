"""Whether a peer's socket is read, and how long one record may take to arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Reading:
    """The reading of one socket; a record that stays half received is told.

    While nobody reads, no clock runs: that is not the peer's fault.

    Parameters
    ----------
    seconds : callable
        Returns how long a record may take.
    too_slow : callable
        Called when one took longer.
    """

    def __init__(self, seconds: Callable[[], float], too_slow: Callable[[], None]) -> None:
        self._seconds = seconds
        self._too_slow = too_slow
        self._transport: asyncio.Transport | None = None
        self._is_paused = False
        self._is_amid_record = False
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, transport: asyncio.Transport) -> None:
        """Take the transport that is read."""
        self._transport = transport

    def note(self, amid_record: bool, *, one_was_whole: bool) -> None:
        """Hear of bytes that came: whether they end amid a record, and whether one ended."""
        self._is_amid_record = amid_record
        if one_was_whole or not amid_record:
            self.stop_clock()
        if self._timer is None:
            self._start_clock()

    def pause(self) -> None:
        """Read no more."""
        if self._transport is not None and not self._transport.is_closing():
            self._is_paused = True
            self.stop_clock()
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read again, if it was paused."""
        if self._is_paused and self._transport is not None and not self._transport.is_closing():
            self._is_paused = False
            self._start_clock()
            self._transport.resume_reading()

    def stop_clock(self) -> None:
        """Await no record any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start_clock(self) -> None:
        if self._is_amid_record and not self._is_paused:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._seconds(), self._too_slow)
