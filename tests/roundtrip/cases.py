"""Random covers, payloads and options, most for mode `adaptive`, and what must hold for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from underpaint_common.errors import DoesNotFit
from underpaint_common.payload import Cost, Form, Mode, SecretFile, capacity, hide, reveal
from underpaint_common.pictures import Picture

STATISTICS = ("noise", "flat", "black", "white", "edges", "sky", "ramp")


@dataclass(frozen=True, slots=True)
class Case:
    """One hiding.

    Parameters
    ----------
    cover : Picture
        Of any size, depth and statistics.
    secret : bytes
        At most as long as `capacity` promises.
    key : bytes
        Stego key.
    mode, planes : Mode, int
        Options: how, and in how many planes (bits a sample) at most.
    cost, effort : Cost, int
        Options.
    promised : int
        What `capacity` says fits.
    """

    cover: Picture
    secret: bytes
    key: bytes
    mode: Mode
    planes: int
    cost: Cost
    effort: int
    promised: int

    @classmethod
    def of(cls, seed: int) -> Case:
        """Return the case of a seed."""
        rng = np.random.default_rng(seed)
        cover = _cover(rng)
        mode = (Mode.ADAPTIVE, Mode.PLANES, Mode.CLASSIC)[rng.choice(3, p=[0.7, 0.2, 0.1])]
        rows = [row for row in capacity(cover) if row.mode is mode]
        row = rows[-1 if rng.random() < 0.5 else rng.integers(len(rows))]
        share = rng.choice([0.0, rng.random() ** 3, 1.0], p=[0.1, 0.6, 0.3])
        secret = rng.bytes(int(row.bytes * share))
        effort = int(rng.choice([6, 8, 10, 12], p=[0.5, 0.4, 0.08, 0.02]))
        cost = Cost.FLAT if rng.random() < 0.5 else Cost.TEXTURE
        return cls(cover, secret, rng.bytes(32), mode, row.planes, cost, effort, row.bytes)

    def check(self) -> None:
        """Hide and reveal; then hide again, in the stego image under another key, and reveal.

        Raises
        ------
        AssertionError
            If anything but the secret comes back, or what was promised does not fit.
        """
        stego = self._hidden(self.cover, self.key)
        if stego is not None:
            again = self._hidden(stego, self.key[::-1])
            assert again is not None, "what fits a cover does not fit the stego image made of it"

    def _hidden(self, cover: Picture, key: bytes) -> Picture | None:
        """Return the stego image, checked; None where nothing is promised and nothing fits."""
        name = "n" * 250
        file = SecretFile(name, "x/" + name, self.secret)
        before = cover.samples.copy()
        try:
            stego = hide(
                cover,
                file,
                key,
                mode=self.mode,
                planes=self.planes,
                form=Form.FILE,
                cost=self.cost,
                effort=self.effort,
            ).picture
        except DoesNotFit:
            assert self.promised == 0, "what capacity promises does not fit"
            return None
        revealed = reveal(stego, key)
        assert revealed.data == self.secret, "not what was hidden"
        assert np.array_equal(before, cover.samples), "the cover was changed"
        if cover.alpha is not None:
            assert stego.alpha is not None
            assert np.array_equal(cover.alpha, stego.alpha), "alpha was changed"
            unseen = cover.alpha == 0
            assert np.array_equal(before[unseen], stego.samples[unseen]), "unseen pixels changed"
        return stego


def _cover(rng: np.random.Generator) -> Picture:
    """Return a cover of random size and statistics."""
    side = int(rng.choice([8, 40, 90, 200], p=[0.1, 0.4, 0.4, 0.1]))
    height, width = (int(each) for each in rng.integers(1, side + 1, 2))
    depth = int(rng.choice([8, 16], p=[0.7, 0.3]))
    shape = (height, width, int(rng.choice([1, 3, 4], p=[0.3, 0.6, 0.1])))
    top, kind = (1 << depth) - 1, np.uint8 if depth == 8 else np.uint16
    values = {
        "noise": lambda: rng.integers(0, top + 1, shape),
        "flat": lambda: np.full(shape, int(rng.integers(0, top + 1))),
        "black": lambda: np.zeros(shape),
        "white": lambda: np.full(shape, top),
        "edges": lambda: rng.integers(0, 2, shape) * top,
        "sky": lambda: np.clip(rng.normal(top * 0.9, top * 0.002, shape), 0, top),
        "ramp": lambda: np.broadcast_to(np.arange(width)[:, None] % (top + 1), shape),
    }[str(rng.choice(STATISTICS))]()
    alpha = None
    if shape[2] != 4 and rng.random() < 0.25:
        alpha = (rng.random(shape[:2]) < 0.7).astype(kind) * kind(rng.integers(1, top + 1))
    return Picture(np.ascontiguousarray(values).astype(kind), alpha)
