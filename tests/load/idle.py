"""`make idle CONNECTIONS=...`: what idle clients cost a daemon, and a push among them."""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.end_to_end.daemon.process import DaemonProcess
from tests.end_to_end.daemon.raw_client import RawClient
from tests.load.__main__ import stego_for

from underpaint_common.crypto.identity import Identity
from underpaint_common.wire import Address, Receipt

_OWN_FILES = 100
_PUSHES = 9


def most_connections() -> int:
    """Raise this process's limit of open files; return how many connections two sides can hold."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    # The daemon wants two files for each.
    return sys.maxsize if hard == resource.RLIM_INFINITY else (hard - 1000) // 2


def limits_for(connections: int) -> dict[str, object]:
    """Return the bounds of a daemon for so many connections of one client."""
    most = connections + _OWN_FILES
    return {"connections": most, "connections_per_client": most, "idle_timeout": "1 h"}


def connected(address: Address, who: Identity, count: int) -> Iterator[RawClient]:
    """Yield so many clients that are authenticated and say nothing more."""
    for _ in range(count):
        yield RawClient(address, who).connect()


def push_seconds(client: RawClient, image: bytes) -> float:
    """Return the median of a few pushes."""
    seconds = []
    for _ in range(_PUSHES):
        started = time.perf_counter()
        assert isinstance(client.push(image), Receipt)
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.idle", description=__doc__)
    parser.add_argument("connections", type=int)
    asked = parser.parse_args()
    count = min(asked.connections, most_connections())
    if count < asked.connections:
        print(f"the system's limit of open files allows {count} connections")
    with tempfile.TemporaryDirectory() as folder:
        daemon = DaemonProcess(Path(folder) / "server", limits_for(count))
        who = daemon.allow("idle")
        address = daemon.start()
        image, pusher = stego_for(who, address.server_key), RawClient(address, who).connect()
        assert isinstance(pusher.push(image), Receipt)
        alone, before = push_seconds(pusher, image), daemon.memory()
        started = time.perf_counter()
        crowd = list(connected(address, who, count))
        seconds = time.perf_counter() - started
        cost = daemon.memory() - before
        among = push_seconds(pusher, image)
        for client in crowd:
            client.drop()
        daemon.stop()
    print(f"{count} idle connections, opened in {seconds:.1f} s")
    print(f"memory: {cost / 1e6:.0f} MB, {cost / count / 1024:.1f} KiB a connection")
    print(f"a 12 MP push: {alone:.3f} s alone, {among:.3f} s among them ({among / alone:.2f}x)")


if __name__ == "__main__":
    main()
