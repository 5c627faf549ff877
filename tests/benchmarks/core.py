"""Embedding and extracting in process, beside a plain copy of the same samples."""

from __future__ import annotations

import numpy as np
from tests.benchmarks.measuring import in_turns
from tests.benchmarks.tables import markdown, publish

from underpaint_common.crypto.keystream import KeyStream
from underpaint_common.stego import classic, planes
from underpaint_common.stego.reserved import RESERVED_SAMPLES
from underpaint_common.stego.sequence import Sequence

SAMPLES = 36_000_000
RATES = (0.065, 0.5, 1.0, 1.5, 4.0)


def main() -> None:
    """Measure the core."""
    rng = np.random.default_rng(1)
    cover = rng.integers(16, 240, SAMPLES, dtype=np.uint8)
    reserved = rng.choice(SAMPLES, RESERVED_SAMPLES, replace=False).tolist()
    sequence = Sequence.without(reserved, SAMPLES)
    rows = [_planes_row(cover, sequence, rate, rng.bytes) for rate in RATES]
    rows.append(_classic_row(cover, sequence, rng.bytes))
    columns = ("mode, bits a sample", "memcpy GB/s", "embed GB/s", "of memcpy", "extract GB/s",
               "of memcpy")  # fmt: skip
    publish("core", markdown("Core, 36 M samples of 8 bits, one core", columns, rows))


def _planes_row(cover, sequence, rate, noise):
    body = noise(int(len(sequence) * rate / 8))
    stego, copy = cover.copy(), cover.copy()

    def embed():
        streams = {"positions": KeyStream(bytes(32)).read, "coins": KeyStream(b"c" * 32).read}
        planes.embed(stego, body, sequence=sequence, **streams)

    def extract():
        positions = KeyStream(bytes(32)).read
        return planes.extract(stego, len(body), sequence=sequence, positions=positions)

    return _row(f"planes {rate}", cover, copy, embed, extract, body)


def _classic_row(cover, sequence, noise):
    body = noise(classic.capacity(len(sequence), 4))
    stego, copy = cover.copy(), cover.copy()

    def embed():
        classic.embed(stego, body, sequence=sequence, planes=4)

    def extract():
        return classic.extract(stego, len(body), sequence=sequence, planes=4)

    return _row("classic 4", cover, copy, embed, extract, body)


def _row(name, cover, copy, embed, extract, body):
    tasks = {"copy": lambda: np.copyto(copy, cover), "embed": embed, "extract": extract}
    seconds = in_turns(tasks)
    if extract() != body:
        raise RuntimeError(f"{name}: what was extracted is not what was embedded")
    speed = {task: cover.size / least / 1e9 for task, least in seconds.items()}
    return [
        name,
        f"{speed['copy']:.1f}",
        f"{speed['embed']:.2f}",
        f"{speed['embed'] / speed['copy']:.3f}",
        f"{speed['extract']:.2f}",
        f"{speed['extract'] / speed['copy']:.3f}",
    ]
