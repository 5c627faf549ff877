"""When a peer's socket is read, and how long one record may take to arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from underpaint_server.host import Host


class Reading:
    """The reading of one socket: record by record, each in its turn.

    A record that stays half received is told. While nobody reads, no clock runs: that is not
    the peer's fault.

    Parameters
    ----------
    host : Host
        Knows whose turn it is, and how long a record may take.
    too_slow : callable
        Called when one took longer.
    """

    def __init__(self, host: Host, too_slow: Callable[[], None]) -> None:
        self._host = host
        self._too_slow = too_slow
        self._transport: asyncio.Transport | None = None
        self._is_full = self._awaits_turn = self._is_paused = False
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
        if one_was_whole and not self._awaits_turn:
            self._awaits_turn = True
            self._host.turns.wait(self._have_turn)
            self._obey()
        if self._timer is None:
            self._start_clock()

    def pause(self) -> None:
        """Read no more, whosever turn it is."""
        self._is_full = True
        self._obey()

    def resume(self) -> None:
        """Read again, if it was paused."""
        self._is_full = False
        self._obey()

    def stop_clock(self) -> None:
        """Await no record any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start_clock(self) -> None:
        if self._is_amid_record and not self._is_paused:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._host.limits.transfer_timeout, self._too_slow)

    def _have_turn(self) -> None:
        self._awaits_turn = False
        self._obey()

    def _obey(self) -> None:
        """Read or don't."""
        pause = self._is_full or self._awaits_turn
        if pause == self._is_paused or self._transport is None or self._transport.is_closing():
            return
        self._is_paused = pause
        if pause:
            self.stop_clock()
            self._transport.pause_reading()
        else:
            self._start_clock()
            self._transport.resume_reading()
