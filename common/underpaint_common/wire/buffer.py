"""One reused buffer between the socket and the records that are opened in it.

Bytes are received behind those not yet taken, records are taken as views and opened in
place. What was taken stays untouched until the next `writable` call, which alone moves
bytes or lets the buffer grow.
"""

from __future__ import annotations


class ReceiveBuffer:
    """Received bytes, to be taken in order.

    Parameters
    ----------
    capacity : int
        Bytes that it holds at first.
    growth : int
        Bytes that it grows to, at least, when more than it holds is needed at once. The
        buffer is small while its peer is a stranger, and for a peer that sends little.
    """

    def __init__(self, capacity: int, growth: int) -> None:
        self._bytes = memoryview(bytearray(capacity))
        self._growth = growth
        self._start = 0
        self._end = 0
        self._needed = 1

    def __len__(self) -> int:
        return self._end - self._start

    def writable(self) -> memoryview:
        """Return where to put received bytes: never empty, enough for what is needed."""
        if self._start == self._end:
            self._start = self._end = 0
        if self._start + max(self._needed, len(self) + 1) > len(self._bytes):
            self._make_room()
        return self._bytes[self._end :]

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

    def _make_room(self) -> None:
        rest = self._bytes[self._start : self._end]
        roomy = self._bytes
        if max(self._needed, len(rest) + 1) > len(self._bytes):
            roomy = memoryview(bytearray(max(self._needed, self._growth)))
        roomy[: len(rest)] = rest
        self._bytes, self._start, self._end = roomy, 0, len(rest)
