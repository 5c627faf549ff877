"""One reused buffer between the socket and the records that are opened in it.

Bytes are received behind those not yet taken, records are taken as views and opened in
place. What was taken stays untouched until the next `writable` call, which alone moves
bytes or lets the buffer grow.

No more is received ahead than the buffer holds at first: what belongs to a long record goes
straight to its place, and of tiny records few come at once, so that reading them is short work.
"""

from __future__ import annotations


class ReceiveBuffer:
    """Received bytes, to be taken in order.

    Parameters
    ----------
    capacity : int
        Bytes that it holds at first, and of which it is again after `shrink`. It is so small
        for a peer that is a stranger or sends little, and grows to the longest record.
    """

    def __init__(self, capacity: int) -> None:
        self._bytes = memoryview(bytearray(capacity))
        self._capacity = capacity
        self._start = 0
        self._end = 0
        self._needed = 1

    def __len__(self) -> int:
        return self._end - self._start

    @property
    def size(self) -> int:
        """Bytes of memory that it holds."""
        return len(self._bytes)

    def writable(self) -> memoryview:
        """Return where to put received bytes: never empty, enough for what is needed."""
        if self._start == self._end:
            self._start = self._end = 0
        needed = max(self._needed, len(self) + 1)
        if self._start + needed > len(self._bytes):
            self._move_into(self._bytes if needed <= len(self._bytes) else _fresh(needed))
        ahead = max(self._start + needed, self._capacity)
        return self._bytes[self._end : ahead]

    def received(self, count: int) -> None:
        """Count in bytes that were put into the last `writable` view."""
        if not 0 <= count <= len(self._bytes) - self._end:
            raise ValueError(f"{count} bytes cannot have been received")
        self._end += count

    def peek(self, count: int) -> bytes | None:
        """Return a copy of the next bytes without taking them, or None and need as many."""
        if len(self) < count:
            self._needed = count
            return None
        return bytes(self._bytes[self._start : self._start + count])

    def take(self, count: int) -> memoryview | None:
        """Take the next bytes, or return None and need as many."""
        if len(self) < count:
            self._needed = count
            return None
        self._needed = 1
        self._start += count
        return self._bytes[self._start - count : self._start]

    def clear(self) -> None:
        """Forget what was received and not taken."""
        self._start = self._end = 0
        self._needed = 1

    def shrink(self) -> None:
        """Give memory back, unless a long record is half received; views stay as they are."""
        if len(self._bytes) > self._capacity >= max(self._needed, len(self) + 1):
            self._move_into(_fresh(self._capacity))

    def _move_into(self, target: memoryview) -> None:
        rest = self._bytes[self._start : self._end]
        target[: len(rest)] = rest
        self._bytes, self._start, self._end = target, 0, len(rest)


def _fresh(size: int) -> memoryview:
    return memoryview(bytearray(size))
