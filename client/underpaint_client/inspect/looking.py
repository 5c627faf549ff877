"""Everything that is measured for `underpaint inspect`, before it is put into words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from underpaint_client.sources import PictureSource, picture_of
from underpaint_common.errors import UnusableImage
from underpaint_common.pictures import Limits, Picture
from underpaint_common.stego import quality, similarity
from underpaint_common.stego.detect.readings import LEAST_SIDE, Readings, read_channels
from underpaint_common.stego.detect.verdict import Finding, judge
from underpaint_common.stego.samples import Samples

_CHANNELS = {
    1: ("grey",),
    3: ("red", "green", "blue"),
    4: ("cyan", "magenta", "yellow", "black"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One picture and what the detectors read in it.

    Attributes
    ----------
    name : str
        As the user named it.
    picture : Picture
        Upright, as it was read.
    readings : tuple of Readings
        One for each channel; none where the picture is too small to be read.
    finding : Finding
        What they amount to, by themselves or over the cover's.
    """

    name: str
    picture: Picture
    readings: tuple[Readings, ...]
    finding: Finding

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the colour channels."""
        return _CHANNELS[self.picture.channels]

    @property
    def kind(self) -> str:
        """The picture in a few words: size, colours, depth, format."""
        colours = {1: "grey", 3: "RGB", 4: "CMYK"}[self.picture.channels]
        alpha = " with alpha" if self.picture.alpha is not None else ""
        size = f"{self.picture.width} x {self.picture.height}"
        words = (f"{size} {colours}{alpha}", f"{self.picture.bit_depth} bits")
        return ", ".join((*words, *filter(None, (self.picture.source_format,))))


@dataclass(frozen=True, slots=True)
class Change:
    """What embedding did to one channel, or to all of them.

    Attributes
    ----------
    psnr_db : float
        Infinite where nothing changed.
    ssim : float or None
        None where the picture is too small for its window.
    change_rate : float
        Share of samples that differ.
    per_plane : tuple of float
        Share of bits that differ in each bit plane, the least significant first.
    largest : int
        The largest step that a sample took, in steps of the samples' own depth.
    """

    psnr_db: float
    ssim: float | None
    change_rate: float
    per_plane: tuple[float, ...]
    largest: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A stego image against its cover: all samples, and channel by channel."""

    whole: Change
    channels: tuple[Change, ...]
    alpha_differs: bool

    def named(self, names: tuple[str, ...]) -> tuple[tuple[str, Change], ...]:
        """Return the change of all samples, then of each channel; of the only channel once."""
        single = tuple(zip(names, self.channels, strict=True))
        return single if len(single) == 1 else (("all", self.whole), *single)


@dataclass(frozen=True, slots=True, eq=False)
class Inspection:
    """All that `inspect` found.

    Attributes
    ----------
    image : Look
        The picture in question.
    cover : Look or None
        Its cover, where one was given.
    comparison : Comparison or None
        What changed between them.
    """

    image: Look
    cover: Look | None
    comparison: Comparison | None


def inspect(
    image: PictureSource,
    cover: PictureSource | None = None,
    *,
    name: str | None = None,
    cover_name: str | None = None,
    limits: Limits | None = None,
) -> Inspection:
    """Look at a picture, by itself or against its cover.

    Parameters
    ----------
    image, cover : path, bytes, array or Pillow image
        Of one size, depth and number of channels. Alpha is compared, but not read.
    name, cover_name : str, optional
        What to call them; as they are given where they are paths.
    limits : Limits, optional
        How much the files may ask for.

    Raises
    ------
    UnusableImage
        One of them is no image, or the two cannot be a cover and its stego image.
    LocalFileError
        A file cannot be read.
    """
    name = name or _name_of(image, "image")
    picture = picture_of(image, limits=limits)
    readings = _read(picture.samples)
    if cover is None:
        return Inspection(Look(name, picture, readings, _judge(readings)), None, None)
    cover_name = cover_name or _name_of(cover, "cover")
    original = picture_of(cover, limits=limits)
    _check_alike((name, picture), (cover_name, original))
    read = _read(original.samples)
    return Inspection(
        Look(name, picture, readings, _judge(readings, read)),
        Look(cover_name, original, read, _judge(read)),
        compare(original, picture),
    )


def compare(cover: Picture, stego: Picture) -> Comparison:
    """Return what changed from a cover to its stego image, of the same shape and depth."""
    channels = tuple(
        _change(cover.samples[:, :, channel], stego.samples[:, :, channel])
        for channel in range(cover.channels)
    )
    return Comparison(_together(channels, cover), channels, _alpha_differs(cover, stego))


def _change(cover: Samples, stego: Samples) -> Change:
    large_enough = min(cover.shape) > 2 * similarity.RADIUS
    return Change(
        psnr_db=quality.psnr(cover, stego),
        ssim=similarity.ssim(cover, stego) if large_enough else None,
        change_rate=quality.change_rate(cover, stego),
        per_plane=quality.change_rate_per_plane(cover, stego),
        largest=quality.largest_change(cover, stego),
    )


def _together(channels: tuple[Change, ...], cover: Picture) -> Change:
    """Return the change of all samples, without looking at them again."""
    error = _mean([10 ** (-each.psnr_db / 10) for each in channels])
    similarities = [each.ssim for each in channels if each.ssim is not None]
    planes = range(cover.bit_depth)
    return Change(
        psnr_db=-10 * math.log10(error) if error else math.inf,
        ssim=_mean(similarities) if similarities else None,
        change_rate=_mean([each.change_rate for each in channels]),
        per_plane=tuple(_mean([each.per_plane[plane] for each in channels]) for plane in planes),
        largest=max(each.largest for each in channels),
    )


def _mean(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def _alpha_differs(cover: Picture, stego: Picture) -> bool:
    if cover.alpha is None or stego.alpha is None:
        return (cover.alpha is None) != (stego.alpha is None)
    return not np.array_equal(cover.alpha, stego.alpha)


def _read(samples: Samples) -> tuple[Readings, ...]:
    return read_channels(samples) if min(samples.shape[:2]) >= LEAST_SIDE else ()


def _judge(readings: tuple[Readings, ...], cover: tuple[Readings, ...] | None = None) -> Finding:
    return judge(readings, cover) if readings else Finding.UNCLEAR


def _name_of(source: PictureSource, otherwise: str) -> str:
    return str(source) if isinstance(source, str | Path) else otherwise


def _check_alike(image: tuple[str, Picture], cover: tuple[str, Picture]) -> None:
    """Refuse a cover that the picture cannot have been made from."""
    (name, one), (cover_name, other) = image, cover
    if one.samples.shape == other.samples.shape and one.bit_depth == other.bit_depth:
        return
    kinds = [Look(each_name, each, (), Finding.UNCLEAR).kind for each_name, each in (image, cover)]
    raise UnusableImage(
        f"{cover_name} ({kinds[1]}) cannot be the cover of {name} ({kinds[0]})",
        hint="a stego image has its cover's size, colours and depth",
    )
