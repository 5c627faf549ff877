"""Clients in a process of their own that push one prepared image again and again."""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.end_to_end.daemon.raw_client import RawClient

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


def main(address: str, identity: str, image: str, clients: str) -> None:
    """Push from so many clients at once, for the seconds that each line of stdin says.

    After each turn the seconds of its pushes are printed as a line of JSON. The clients stand for
    some on other machines, and give way to the daemon on this one: what is measured is the
    daemon, not how the system shares its processors out.
    """
    os.nice(_GIVING_WAY)
    who, stego = Identity.load(Path(identity)), Path(image).read_bytes()
    connected = [RawClient(Address.parse(address), who).connect() for _ in range(int(clients))]
    print("[]", flush=True)
    with ThreadPoolExecutor(len(connected)) as threads:
        for line in sys.stdin:
            end = time.monotonic() + float(line)
            turns = [threads.submit(push_until, each, stego, end) for each in connected]
            print(json.dumps([seconds for turn in turns for seconds in turn.result()]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
