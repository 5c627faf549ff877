"""What is measured: one method on one Kodak image at a time, each embedding read back exactly."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from underpaint_common.payload import Cost, Form, Mode, SecretFile, compact, hide, reveal
from underpaint_common.pictures import Picture, encode, read_picture
from underpaint_common.stego import adaptive, classic, planes, quality
from underpaint_common.stego.sequence import Sequence

KODAK = Path(__file__).resolve().parents[4] / "shared" / "images" / "kodak"
RATES = (0.05, 0.1, 0.2, 0.4, 0.6, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
METHODS = ("replacement", "planes", "adaptive-8", "adaptive-10")
SCALES = (2.0, 1.0, 0.8)
CODERS = ("plain", "jxl")
KEY = bytes(range(32))


@dataclass(frozen=True, slots=True)
class Rated:
    """A random payload in an image: the mean squared error."""

    image: int
    rate: float
    method: str

    def measure(self) -> float:
        """Embed, extract, compare.

        Raises
        ------
        RuntimeError
            If what comes out is not what went in.
        """
        flat = image(self.image).reshape(-1)
        rng = np.random.default_rng([self.image, int(1000 * self.rate)])
        reserved = rng.choice(flat.size, 640, replace=False).tolist()
        sequence = Sequence.without(reserved, flat.size)
        body = rng.bytes(int(self.rate * len(sequence)) // 8)
        stego = flat.copy()
        if self._in(stego, body, sequence, rng) != body:
            raise RuntimeError(f"{self}: what was extracted is not what was embedded")
        return quality.mse(flat, stego)

    def _in(
        self, stego: NDArray[np.uint8], body: bytes, sequence: Sequence, rng: np.random.Generator
    ) -> bytes:
        """Embed a body into samples, and return what is extracted from them."""
        where = {"sequence": sequence, "positions": np.random.default_rng(1).bytes}
        again = {"sequence": sequence, "positions": np.random.default_rng(1).bytes}
        name, _, height = self.method.partition("-")
        if name == "replacement":
            count = math.ceil(self.rate)
            classic.embed(stego, body, sequence=sequence, planes=count)
            return bytes(classic.extract(stego, len(body), sequence=sequence, planes=count))
        if name == "planes":
            planes.embed(stego, body, coins=rng.bytes, **where)
            return bytes(planes.extract(stego, len(body), **again))
        plan = adaptive.plan(stego, None, len(sequence), len(body), int(height))
        adaptive.embed(stego, body, plan, costs=None, coins=rng.bytes, **where)
        return bytes(adaptive.extract(stego, len(body), plan, **again))


@dataclass(frozen=True, slots=True)
class Photograph:
    """A photograph hidden without loss in the next one, scaled: the PSNR in dB."""

    image: int
    scale: float
    coder: str

    def measure(self) -> float:
        """Hide, reveal, compare pixel by pixel.

        Raises
        ------
        RuntimeError
            If any pixel is not the same.
        """
        secret, cover = image(self.image), self._cover()
        file = SecretFile("photo.png", "image/png", b"".join(encode(Picture(secret))))
        options = {"mode": Mode.ADAPTIVE, "cost": Cost.FLAT, "form": Form.COMPACT}
        with mock.patch.object(compact, "jxl_is_there", return_value=self.coder == "jxl"):
            hidden = hide(cover, file, KEY, **options)
        got = read_picture(reveal(hidden.picture, KEY).data)
        if not np.array_equal(got.samples, secret):
            raise RuntimeError(f"{self}: the pixels are not the same")
        return hidden.report.psnr_db

    def _cover(self) -> Picture:
        """Return the next photograph with so many times the secret's samples."""
        sides = image(self.image).shape[:2]
        cover = image(self.image % 24 + 1)
        height, width = (math.sqrt(self.scale) * side for side in sides)
        if cover.shape[:2] != sides:
            height, width = width, height
        size = round(width), round(height)
        scaled = Image.fromarray(cover).resize(size, Image.Resampling.LANCZOS)
        return Picture(np.ascontiguousarray(scaled))


@functools.lru_cache(maxsize=2)
def image(number: int) -> NDArray[np.uint8]:
    """Return a Kodak image."""
    return np.ascontiguousarray(Image.open(KODAK / f"kodim{number:02}.png").convert("RGB"))
