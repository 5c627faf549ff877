"""`make load CLIENTS=... SECONDS=...`: how a daemon does under 1 to CLIENTS clients."""

from __future__ import annotations

import argparse
import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from tests.end_to_end.daemon.process import DaemonProcess, RawClient
from tests.load.server import Lag, Watched

from underpaint_client.demo.landscape import landscape
from underpaint_common.crypto.identity import Identity
from underpaint_common.crypto.stego_key import from_identities
from underpaint_common.payload import SecretFile, hide
from underpaint_common.pictures import encode, picture_from_array

_MEGAPIXELS = {"width": 4000, "height": 3000}
_SECRET_BYTES = 291_000


@dataclass(frozen=True, slots=True)
class Run:
    """What was measured with one number of clients."""

    clients: int
    seconds: float
    latencies: list[float]
    cpu: float
    peak_bytes: int
    lag: Lag


def stego_for(sender: Identity, server_key: bytes) -> bytes:
    """Return a stego image of 12 megapixels."""
    key = from_identities(sender, server_key, own_is_sender=True)
    secret = np.random.default_rng(3).bytes(_SECRET_BYTES)
    cover = picture_from_array(landscape(1, **_MEGAPIXELS))
    return b"".join(encode(hide(cover, SecretFile("secret.bin", "", secret), key).picture))


def run(folder: Path, clients: int, seconds: float) -> tuple[Run, bytes]:
    """Measure a fresh daemon under so many clients."""
    daemon = DaemonProcess(folder, {"uploads_per_client": 1000, "connections_per_client": 1000})
    watched = Watched(daemon)
    sender = daemon.allow("load")
    sender.save(folder / "client.key")
    address = daemon.start()
    image = stego_for(sender, address.server_key)
    (folder / "stego.png").write_bytes(image)
    RawClient(address, sender).connect().push(image)
    cpu, lag, started = watched.cpu_seconds(), watched.lag(), time.monotonic()
    words = (str(address), folder / "client.key", folder / "stego.png", clients, seconds)
    command = [sys.executable, "-m", "tests.load.pushing", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    elapsed, cpu = time.monotonic() - started, watched.cpu_seconds() - cpu
    latencies = sorted(json.loads(done.stdout))
    lag = watched.lag().since(lag)
    result = Run(clients, elapsed, latencies, cpu, daemon.memory(peak=True), lag)
    daemon.stop()
    return result, image


def decoding_cpu(image: bytes, times: int = 5) -> float:
    """Return the processor seconds in which Pillow merely decodes an image."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    for _ in range(times):
        Image.open(io.BytesIO(image)).load()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) / times


def report(result: Run, image: bytes, decoding: float) -> str:
    """Return one line of the table."""
    count = len(result.latencies)
    if not count:
        return f"{result.clients:7}  no push was done in {result.seconds:.0f} s"
    p50, p95, p99 = (result.latencies[min(count - 1, count * p // 100)] for p in (50, 95, 99))
    rate = count / result.seconds
    return (
        f"{result.clients:7} {rate:8.2f} {rate * len(image) / 1e6:7.1f}"
        f" {p50:6.2f} {p95:6.2f} {p99:6.2f} {result.cpu / count:8.3f}"
        f" {result.cpu / count / decoding:7.2f} {result.peak_bytes / 1e6:8.0f}"
        f" {result.lag.percentile(0.99) * 1e3:7.1f} {result.lag.worst * 1e3:7.1f}"
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
            result, image = run(Path(folder) / "server", clients, asked.seconds)
            print(report(result, image, decoding_cpu(image)), flush=True)


if __name__ == "__main__":
    main()
