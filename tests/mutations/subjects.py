"""The stego images that are mutated: small, of every mode, form and kind of sample."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from underpaint_common.payload import Form, Mode, SecretFile, hide, reveal
from underpaint_common.pictures import OutputFormat, Picture, encode, picture_from_array

KEY = bytes(range(32, 64))


@dataclass(frozen=True)
class Subject:
    """One stego image with its file, its cover, and what is to be found in it."""

    name: str
    file: bytes
    stego: Picture
    cover: Picture
    secret: bytes
    secret_name: str


def picture(height: int, width: int, channels: int, depth: int = 8, *, holes: bool = False):
    """Return a smooth cover; with holes, a third of it is fully transparent."""
    rng = np.random.default_rng([height, width, channels, depth])
    ramp = np.linspace(0.2, 0.8, width)[None, :, None] + rng.normal(
        0, 0.02, (height, width, channels)
    )
    samples = (ramp * ((1 << depth) - 1)).astype(np.uint8 if depth == 8 else np.uint16)
    alpha = None
    if holes:
        alpha = np.full((height, width), np.iinfo(samples.dtype).max, samples.dtype)
        alpha[: height // 3] = 0
    return picture_from_array(samples, alpha)


def made(
    name: str,
    cover: Picture,
    secret: SecretFile,
    *,
    mode: Mode = Mode.PLANES,
    form: Form = Form.FILE,
    file_format: OutputFormat = OutputFormat.PNG,
) -> Subject:
    stego = hide(cover, secret, KEY, mode=mode, form=form).picture
    file = b"".join(encode(stego, file_format))
    found = reveal(stego, KEY)
    return Subject(name, file, stego, cover, found.data, found.name)


@cache
def subjects() -> tuple[Subject, ...]:
    """Return the stego images, all under one key: parts of one may come into another."""
    words = SecretFile("words.txt", "text/plain", b"what lies beneath " * 3)
    noise = SecretFile("noise.bin", "application/octet-stream", bytes(np.arange(500, dtype="u1")))
    drawing = b"".join(encode(picture(9, 12, 3)))
    image = SecretFile("drawing.png", "image/png", drawing)
    return (
        made("planes", picture(30, 40, 3), words),
        made("planes, full", picture(30, 40, 3), noise),
        made("grey", picture(40, 50, 1), words),
        made("16 bits", picture(32, 40, 3, 16), words),
        made("transparent", picture(45, 40, 3, holes=True), words),
        made("classic", picture(40, 40, 3), image, mode=Mode.CLASSIC, form=Form.PIXELS),
        made("compact", picture(40, 60, 3), image, form=Form.COMPACT),
        made("webp", picture(30, 40, 3), words, file_format=OutputFormat.WEBP),
        made("bmp", picture(30, 40, 3), words, file_format=OutputFormat.BMP),
        made("tiff", picture(30, 40, 3, 16), words, file_format=OutputFormat.TIFF),
        made("ppm", picture(30, 40, 3), words, file_format=OutputFormat.PPM),
    )
