"""Two network namespaces and a line between them with delay, loss and a rate, which can be cut.

Each namespace has one end of the line, a TUN device; what the kernel sends there is read here as IP
packets, kept for as long as the line would take, and handed to the other end, or lost. So the
kernel's own TCP on both sides sees a real line, whether or not the kernel can emulate one (netem).
"""

from __future__ import annotations

import fcntl
import os
import random
import secrets
import select
import struct
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Self

_TUN = "/dev/net/tun"
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_MTU = 1500
_QUEUE_SECONDS = 0.3
NETWORK = "10.77.41"


def missing() -> str | None:
    """Say what this machine lacks for it, or return None."""
    if os.geteuid() != 0:
        return "network namespaces are made by root alone"
    if not os.access(_TUN, os.R_OK | os.W_OK):
        return f"there is no {_TUN}"
    try:
        with namespace("probe"):
            return None
    except (OSError, subprocess.CalledProcessError) as error:
        return f"network namespaces cannot be made here: {error}"


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def namespace(name: str) -> Iterator[str]:
    """Make a network namespace with a loopback; return its full name."""
    full = f"underpaint-{name}-{secrets.token_hex(4)}"
    ip("netns", "add", full)
    try:
        ip("-n", full, "link", "set", "lo", "up")
        yield full
    finally:
        ip("netns", "del", full)


@contextmanager
def tun(namespace: str, address: str) -> Iterator[int]:
    """Open a TUN device that lies in a namespace; yield its descriptor here."""
    name = f"up{secrets.token_hex(4)}"
    descriptor = os.open(_TUN, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        request = struct.pack("16sH22x", name.encode(), _IFF_TUN | _IFF_NO_PI)
        fcntl.ioctl(descriptor, _TUNSETIFF, request)
        ip("link", "set", name, "netns", namespace)
        ip("-n", namespace, "addr", "add", f"{address}/24", "dev", name)
        ip("-n", namespace, "link", "set", name, "mtu", str(_MTU), "up")
        yield descriptor
    finally:
        os.close(descriptor)


@dataclass
class Direction:
    """Packets on their way from one end to the other."""

    source: int
    target: int
    rate: float
    delay: float
    loss: float
    chance: random.Random
    carried: int = 0
    lost: int = 0
    free_at: float = 0.0
    on_the_way: deque[tuple[float, bytes]] = field(default_factory=deque)

    def take(self, now: float, *, is_cut: bool) -> None:
        """Take what the kernel sent; some of it is lost."""
        try:
            packet = os.read(self.source, _MTU)
        except BlockingIOError:
            return
        if is_cut or self.chance.random() < self.loss or self.free_at > now + _QUEUE_SECONDS:
            self.lost += 1
            return
        self.free_at = max(self.free_at, now) + len(packet) / self.rate
        self.on_the_way.append((self.free_at + self.delay, packet))

    def hand_over(self, now: float, *, is_cut: bool) -> float | None:
        """Hand over what has arrived by now; return when the next packet does."""
        while self.on_the_way and self.on_the_way[0][0] <= now:
            packet = self.on_the_way.popleft()[1]
            if not is_cut:
                os.write(self.target, packet)
                self.carried += len(packet)
        return self.on_the_way[0][0] if self.on_the_way else None


class Link:
    """The line.

    Parameters
    ----------
    rate : float
        Bytes a second, each way.
    delay : float
        Seconds, each way.
    loss : float
        Share of the packets that is lost.
    seed : int
        Chooses which.
    """

    def __init__(self, *, rate: float, delay: float, loss: float, seed: int) -> None:
        self._line = (rate, delay, loss)
        self._chance = random.Random(seed)  # noqa: S311 - loses packets, hides nothing
        self._stack = ExitStack()
        self._cut, self._ending = threading.Event(), threading.Event()
        self.namespaces: tuple[str, str] = ("", "")
        self.directions: tuple[Direction, Direction]

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            one = stack.enter_context(namespace("one"))
            other = stack.enter_context(namespace("other"))
            ends = [
                stack.enter_context(tun(each, f"{NETWORK}.{number}"))
                for number, each in enumerate((one, other), start=1)
            ]
            self.namespaces = (one, other)
            self.directions = (
                Direction(ends[0], ends[1], *self._line, self._chance),
                Direction(ends[1], ends[0], *self._line, self._chance),
            )
            carrying = threading.Thread(target=self._carry, args=[ends])
            carrying.start()
            stack.callback(carrying.join)
            stack.callback(self._ending.set)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def cut(self) -> None:
        """Lose everything from now on, what is on its way included."""
        self._cut.set()

    def mend(self) -> None:
        """Carry again."""
        self._cut.clear()

    def inside(self, end: int, *command: str) -> list[str]:
        """Return the command line that runs a command at one end, 0 or 1."""
        return ["ip", "netns", "exec", self.namespaces[end], *command]

    def _carry(self, ends: list[int]) -> None:
        due: float | None = None
        while not self._ending.is_set():
            wait = 0.05 if due is None else min(max(due - time.monotonic(), 0), 0.05)
            ready, _, _ = select.select(ends, [], [], wait)
            now, is_cut = time.monotonic(), self._cut.is_set()
            for direction in self.directions:
                if direction.source in ready:
                    direction.take(now, is_cut=is_cut)
            dues = [each.hand_over(now, is_cut=is_cut) for each in self.directions]
            due = min((each for each in dues if each is not None), default=None)
