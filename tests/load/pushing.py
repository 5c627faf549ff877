"""Clients in a process of their own that push one prepared image again and again."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

from tests.end_to_end.daemon.process import RawClient

from underpaint_common.crypto.identity import Identity
from underpaint_common.wire import Address, Receipt

_GIVING_WAY = 19


def push_until(client: RawClient, image: bytes, end: float) -> list[float]:
    """Push until a moment of the monotonic clock; return the seconds of each push."""
    seconds = []
    while time.monotonic() < end:
        started = time.monotonic()
        answer = client.push(image, os.urandom(16))
        if isinstance(answer, Receipt):
            seconds.append(time.monotonic() - started)
        else:
            time.sleep(answer.retry_after or 1.0)
    return seconds


def main(address: str, identity: str, image: str, clients: str, duration: str) -> None:
    """Push from so many clients at once for a while; print the latencies as JSON.

    They stand for clients on other machines, and give way to the daemon on this one: what is
    measured is the daemon, not how the system shares its processors out.
    """
    os.nice(_GIVING_WAY)
    who, stego = Identity.load(Path(identity)), Path(image).read_bytes()
    connected = [RawClient(Address.parse(address), who).connect() for _ in range(int(clients))]
    results: list[list[float]] = []
    end = time.monotonic() + float(duration)
    threads = [
        threading.Thread(target=lambda c=client: results.append(push_until(c, stego, end)))
        for client in connected
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps([seconds for each in results for seconds in each]))


if __name__ == "__main__":
    main(*sys.argv[1:])
