"""`make load CLIENTS=... SECONDS=...`: how a daemon does under 1 to CLIENTS clients."""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tests.end_to_end.daemon.process import DaemonProcess
from tests.end_to_end.daemon.raw_client import RawClient
from tests.load.server import Lag, Watched

from underpaint_client.demo.landscape import landscape
from underpaint_common.crypto.identity import Identity
from underpaint_common.crypto.stego_key import from_identities
from underpaint_common.payload import SecretFile, hide
from underpaint_common.pictures import encode, picture_from_array

_MEGAPIXELS = {"width": 4000, "height": 3000}
_SECRET_BYTES = 291_000
_TURNS = 3


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was measured while clients pushed."""

    seconds: float
    latencies: list[float]
    cpu: float
    lag: Lag

    def and_also(self, more: Stretch) -> Stretch:
        """Return what this and another stretch of time have together."""
        return Stretch(
            self.seconds + more.seconds,
            self.latencies + more.latencies,
            self.cpu + more.cpu,
            self.lag.and_also(more.lag),
        )


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured with one number of clients.

    Attributes
    ----------
    decoding : float
        Processor seconds of Pillow's decoding the same image, in turns with the clients: a
        machine whose speed changes is fair to both.
    """

    clients: int
    pushed: Stretch
    decoding: float
    peak_bytes: int


def stego_for(sender: Identity, server_key: bytes) -> bytes:
    """Return a stego image of 12 megapixels."""
    key = from_identities(sender, server_key, own_is_sender=True)
    secret = np.random.default_rng(3).bytes(_SECRET_BYTES)
    cover = picture_from_array(landscape(1, **_MEGAPIXELS))
    return b"".join(encode(hide(cover, SecretFile("secret.bin", "", secret), key).picture))


def run(folder: Path, clients: int, seconds: float) -> tuple[Run, int]:
    """Measure a fresh daemon under so many clients; return the image's size as well."""
    daemon = DaemonProcess(folder, {"uploads_per_client": 1000, "connections_per_client": 1000})
    watched = Watched(daemon)
    sender = daemon.allow("load")
    sender.save(folder / "client.key")
    address = daemon.start()
    image = stego_for(sender, address.server_key)
    (folder / "stego.png").write_bytes(image)
    RawClient(address, sender).connect().push(image)
    words = (str(address), folder / "client.key", folder / "stego.png", clients)
    turns = []
    with pushing(*map(str, words)) as push_for:
        for _ in range(_TURNS):
            before = decoding_cpu(image)
            turns.append((turn(watched, push_for, seconds / _TURNS), before))
    together = functools.reduce(Stretch.and_also, (each for each, _ in turns))
    decoding = statistics.mean(each for _, each in turns)
    result = Run(clients, together, decoding, daemon.memory(peak=True))
    daemon.stop()
    return result, len(image)


@contextlib.contextmanager
def pushing(*words: str) -> Iterator[Callable[[float], list[float]]]:
    """Yield what lets clients push for a while, and returns the seconds of each push."""
    command = [sys.executable, "-m", "tests.load.pushing", *words]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as clients:
        assert clients.stdin is not None
        assert clients.stdout is not None
        said, heard = clients.stdin, clients.stdout
        json.loads(heard.readline())  # they are connected

        def push_for(seconds: float) -> list[float]:
            said.write(f"{seconds}\n")
            said.flush()
            latencies: list[float] = json.loads(heard.readline())
            return latencies

        yield push_for


def turn(watched: Watched, push_for: Callable[[float], list[float]], seconds: float) -> Stretch:
    """Measure while clients push."""
    lag, cpu, started = watched.lag(), watched.cpu_seconds(), time.monotonic()
    latencies = push_for(seconds)
    elapsed, cpu = time.monotonic() - started, watched.cpu_seconds() - cpu
    return Stretch(elapsed, latencies, cpu, watched.lag().since(lag))


def decoding_cpu(image: bytes, times: int = 3) -> float:
    """Return the processor seconds in which Pillow merely decodes an image."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    for _ in range(times):
        Image.open(io.BytesIO(image)).load()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) / times


def report(result: Run, image_bytes: int) -> str:
    """Return one line of the table."""
    pushed = result.pushed
    latencies, count = sorted(pushed.latencies), len(pushed.latencies)
    if not count:
        return f"{result.clients:7}  no push was done in {pushed.seconds:.0f} s"
    p50, p95, p99 = (latencies[min(count - 1, count * p // 100)] for p in (50, 95, 99))
    rate, cpu = count / pushed.seconds, pushed.cpu / count
    return (
        f"{result.clients:7} {rate:8.2f} {rate * image_bytes / 1e6:7.1f}"
        f" {p50:6.2f} {p95:6.2f} {p99:6.2f} {cpu:8.3f}"
        f" {cpu / result.decoding:7.2f} {result.peak_bytes / 1e6:8.0f}"
        f" {pushed.lag.percentile(0.99) * 1e3:7.1f} {pushed.lag.worst * 1e3:7.1f}"
    )


def main() -> None:
    """Measure 1, 2, 4, ... clients and print a line for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("clients", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--only", action="store_true", help="this number of clients alone")
    asked = parser.parse_args()
    powers = (1 << n for n in range(asked.clients.bit_length()))
    counts = [asked.clients] if asked.only else sorted({*powers, asked.clients})
    print("clients pushes/s    MB/s    p50    p95    p99 cpu/push /decode peak(MB) lag p99 max(ms)")
    for clients in counts:
        with tempfile.TemporaryDirectory() as folder:
            print(report(*run(Path(folder) / "server", clients, asked.seconds)), flush=True)


if __name__ == "__main__":
    main()
