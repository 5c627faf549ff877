"""Room in the inbox for what is being kept: a client's share, and the disk's.

Several secrets are kept at the same time. What each will take is promised to it first, so that
together they stay within the bounds too.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator

from underpaint_server.bounds import disk_full, over_quota
from underpaint_server.inbox import Inbox
from underpaint_server.limits import Limits


class Room:
    """Safe to use from several threads.

    Parameters
    ----------
    inbox : Inbox
        Knows what is kept already, and how much is free.
    """

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._lock = threading.Lock()
        self._promised: Counter[str] = Counter()

    def check_share(self, client: str, limits: Limits) -> None:
        """Refuse where nothing at all can be kept of a client's."""
        if self._inbox.kept_bytes_of(client) >= limits.client_bytes:
            raise over_quota(limits.client_bytes)

    @contextlib.contextmanager
    def of_client(self, client: str, cost: int, limits: Limits) -> Iterator[None]:
        """Hold room for so many bytes of a client's while they are being kept.

        Raises
        ------
        Refused
            The client's share or the disk would be too full.
        """
        with self._lock:
            self._check(client, cost, limits)
            self._promised[client] += cost
        try:
            yield
        finally:
            with self._lock:
                self._promised[client] -= cost
                if not self._promised[client]:
                    del self._promised[client]

    def _check(self, client: str, cost: int, limits: Limits) -> None:
        bound = limits.client_bytes
        kept = self._inbox.kept_bytes_of(client)
        if kept + cost > bound:
            raise over_quota(bound)
        if kept + cost + self._promised[client] > bound:
            raise over_quota(bound, being_kept=True)
        if self._inbox.free_bytes() - cost - self._promised.total() < limits.min_free:
            raise disk_full()
