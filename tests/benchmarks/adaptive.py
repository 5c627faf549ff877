"""Speed of mode `adaptive`, per million samples: trellis, extraction from key to bytes, costs."""

from __future__ import annotations

import time
from unittest import mock

import numpy as np
from tests.benchmarks.measuring import in_turns
from tests.benchmarks.tables import markdown, publish

from underpaint_common.crypto.keystream import KeyStream
from underpaint_common.payload import Mode, SecretFile, hide
from underpaint_common.pictures import Picture
from underpaint_common.stego import adaptive, costs
from underpaint_common.stego.sequence import Sequence
from underpaint_common.stego.trellis import coding

MILLIONS = 2
LARGE = (3000, 4000, 3)
SECRET = 291_000


def main() -> None:
    """Measure the engines, and one large cover."""
    cover = np.random.default_rng(1).integers(16, 240, MILLIONS * 1_000_000, np.uint8)
    rows = [
        [f"{layers} layers, {name}", *_row(cover, rate, worth)]
        for layers, rate in ((2, 0.1), (2, 0.5), (3, 1.5))
        for name, worth in (("numpy", 1 << 60), ("numba", 0))
    ]
    columns = ("adaptive, effort 8", "embed ms/M", "extract ms/M")
    publish("adaptive", markdown("Adaptive, per million samples, two cores", columns, rows))
    picture = cover[: 1000 * 600 * 3].reshape(1000, 600, 3)
    least = in_turns({"hill": lambda: costs.texture(picture)}, rounds=3)["hill"]
    print(f"HILL: {least / picture.size * 1e9:.1f} ms per million samples\n")
    _large()


def _row(cover, rate, worth):
    sequence = Sequence.without(range(640), cover.size)
    body = np.random.default_rng(2).bytes(int(rate * cover.size / 8))
    plan = adaptive.plan(cover, None, len(sequence), len(body), 8)
    stego = cover.copy()

    def embed():
        streams = {"positions": KeyStream(bytes(32)).read, "coins": KeyStream(b"c" * 32).read}
        adaptive.embed(stego, body, plan, sequence=sequence, costs=None, **streams)

    def extract():
        positions = KeyStream(bytes(32)).read
        return adaptive.extract(stego, len(body), plan, sequence=sequence, positions=positions)

    with mock.patch.object(coding, "_WORTH_COMPILING", worth):
        seconds = in_turns({"embed": embed, "extract": extract}, rounds=2)
    if extract() != body:
        raise RuntimeError("what was extracted is not what was embedded")
    return [f"{seconds[name] / MILLIONS * 1e3:.1f}" for name in ("embed", "extract")]


def _large():
    cover = Picture(np.random.default_rng(1).integers(16, 240, LARGE, np.uint8))
    file = SecretFile("a", "image/jpeg", np.random.default_rng(2).bytes(SECRET))
    for name, worth in (("numpy", 1 << 60), ("numba", 0)):
        with mock.patch.object(coding, "_WORTH_COMPILING", worth):
            start = time.perf_counter()
            hide(cover, file, bytes(32), mode=Mode.ADAPTIVE)
            print(f"12 MP, 291 kB, hide: {time.perf_counter() - start:.1f} s with {name}")


if __name__ == "__main__":
    main()
