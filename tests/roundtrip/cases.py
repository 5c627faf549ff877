"""Random covers, payloads and options for mode `adaptive`, and what must hold for each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from underpaint_common.errors import DoesNotFit
from underpaint_common.payload import Cost, Mode, SecretFile, capacity, hide, reveal
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
    cost, effort : Cost, int
        Options.
    promised : int
        What `capacity` says fits.
    """

    cover: Picture
    secret: bytes
    key: bytes
    cost: Cost
    effort: int
    promised: int

    @classmethod
    def of(cls, seed: int) -> Case:
        """Return the case of a seed."""
        rng = np.random.default_rng(seed)
        cover = _cover(rng)
        rows = [row.bytes for row in capacity(cover) if row.mode is Mode.ADAPTIVE]
        share = rng.choice([0.0, rng.random() ** 3, 1.0], p=[0.1, 0.7, 0.2])
        secret = rng.bytes(int(rows[-1] * share))
        effort = int(rng.choice([6, 8, 10, 12], p=[0.5, 0.4, 0.08, 0.02]))
        cost = Cost.FLAT if rng.random() < 0.5 else Cost.TEXTURE
        return cls(cover, secret, rng.bytes(32), cost, effort, rows[-1])

    def check(self) -> None:
        """Hide and reveal.

        Raises
        ------
        AssertionError
            If anything but the secret comes back, or what was promised does not fit.
        """
        name = "n" * 250
        options = {"mode": Mode.ADAPTIVE, "cost": self.cost, "effort": self.effort}
        file = SecretFile(name, "x/" + name, self.secret)
        before = self.cover.samples.copy()
        try:
            stego = hide(self.cover, file, self.key, **options).picture
        except DoesNotFit:
            assert self.promised == 0, "what capacity promises does not fit"
            return
        assert reveal(stego, self.key).data == self.secret, "not what was hidden"
        assert np.array_equal(before, self.cover.samples), "the cover was changed"
        if self.cover.alpha is not None:
            unseen = self.cover.alpha == 0
            assert np.array_equal(before[unseen], stego.samples[unseen]), "unseen pixels changed"


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
