"""Pictures of the report as PNG data URIs, each of a bounded size."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from underpaint_client.inspect import regions
from underpaint_client.inspect.regions import Region
from underpaint_common.pictures import Picture
from underpaint_common.stego.samples import Octets, Samples

PREVIEW = (720, 540)
_MAP_WIDTH = 120
_PAPER = (236, 234, 229)
_COLD, _HOT = np.array([247, 245, 240.0]), np.array([122, 31, 92.0])


@dataclass(frozen=True, slots=True)
class Drawn:
    """An embedded image.

    Attributes
    ----------
    uri : str
        ``data:image/png;base64,...``.
    width, height : int
        In its own pixels.
    """

    uri: str
    width: int
    height: int


def preview(picture: Picture) -> Drawn:
    """Return a whole picture, scaled down to fit, transparent parts on paper."""
    # A coarse step first: averaging 12 megapixels shows nothing that averaging a quarter hides.
    step = max(min(picture.width // PREVIEW[0], picture.height // PREVIEW[1]) // 2, 1)
    alpha = None if picture.alpha is None else picture.alpha[::step, ::step]
    image = _on_paper(picture.samples[::step, ::step], alpha)
    image.thumbnail(PREVIEW, Image.Resampling.LANCZOS)
    return _drawn(image)


def crop(picture: Picture, region: Region) -> Drawn:
    """Return a part of a picture at one to one."""
    alpha = None if picture.alpha is None else region.of(picture.alpha)
    return _drawn(_on_paper(region.of(picture.samples), alpha))


def plane(channel: Samples, number: int) -> Drawn:
    """Return one bit plane in black and white."""
    return _drawn(Image.fromarray(regions.plane_image(channel, number)))


def difference(cover: Samples, stego: Samples, largest: int) -> Drawn:
    """Return the amplified change of one channel in grey, or of red, green and blue in colour.

    Parameters
    ----------
    cover, stego : ndarray, shape (height, width) or (height, width, 3)
        The same part of both pictures.
    largest : int
        The largest change in all of the picture, which the scale reaches to.
    """
    return _drawn(Image.fromarray(regions.difference(cover, stego, largest)))


def change_map(cover: Picture, stego: Picture) -> tuple[Drawn, float]:
    """Return where samples differ, block by block, and the share that the darkest tone means."""
    side = max(-(-cover.width // _MAP_WIDTH), -(-cover.height // _MAP_WIDTH), 1)
    density = regions.change_density(cover.samples, stego.samples, side)
    strongest = float(density.max())
    tone = (density / strongest if strongest else density)[:, :, None]
    shown: Octets = np.rint(_COLD + (_HOT - _COLD) * tone).astype(np.uint8)
    return _drawn(Image.fromarray(shown)), strongest


def _on_paper(samples: Samples, alpha: Samples | None) -> Image.Image:
    """Return samples as RGB, laid on paper where they are transparent."""
    image = Image.fromarray(regions.colours(samples)).convert("RGB")
    if alpha is None:
        return image
    ground = Image.new("RGB", image.size, _PAPER)
    return Image.composite(image, ground, Image.fromarray(regions.eight_bits(alpha)))


def _drawn(image: Image.Image) -> Drawn:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    uri = "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    return Drawn(uri, image.width, image.height)
