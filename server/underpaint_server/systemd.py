"""What systemd and a service say to each other: readiness, a heartbeat, sockets handed over.

The protocols of sd_notify(3) and sd_listen_fds(3): a datagram a message, and file descriptors
from 3 on. Without systemd everything here does nothing.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time

_FIRST_DESCRIPTOR = 3
_MICROSECONDS = 1_000_000


def notify(*lines: str) -> None:
    """Tell systemd something, such as ``READY=1``; a manager that is gone is not missed."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.sendto("\n".join(lines).encode(), address)


def notify_reloading() -> None:
    """Tell systemd that a reload begins; ``READY=1`` ends it."""
    notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")


def heartbeat_seconds() -> float | None:
    """Return how often systemd wants to hear ``WATCHDOG=1``, halved; None where it does not."""
    if os.environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    if not microseconds.isdigit() or microseconds == "0":
        return None
    return int(microseconds) / _MICROSECONDS / 2


def inherited_sockets() -> list[socket.socket]:
    """Return the listening sockets that systemd opened for this process; it may be none.

    No child of ours gets them.
    """
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = os.environ.get("LISTEN_FDS", "")
    if not count.isdecimal():
        return []
    numbers = range(_FIRST_DESCRIPTOR, _FIRST_DESCRIPTOR + int(count))
    for number in numbers:
        os.set_inheritable(number, False)
    return [socket.socket(fileno=number) for number in numbers]
