"""The report's sections of images: the pictures side by side, and their bit planes."""

from __future__ import annotations

from html import escape

from underpaint_client.inspect import drawing, regions
from underpaint_client.inspect.looking import Comparison, Inspection, Look
from underpaint_client.inspect.markup import figure, img, picker, scale, when
from underpaint_client.inspect.meaning import percent
from underpaint_client.inspect.regions import Region
from underpaint_common.pictures import Picture
from underpaint_common.stego.samples import Samples

_VIEWS = (("whole", "whole picture"), ("crop", "part at 1 : 1"))


def looks(inspection: Inspection) -> tuple[tuple[str, str, Look], ...]:
    """Return the pictures in the order in which they are shown: kind, title and picture."""
    image = ("image", "Stego image" if inspection.cover else "Image", inspection.image)
    cover = inspection.cover
    return (image,) if cover is None else (("cover", "Cover", cover), image)


def pictures(inspection: Inspection, region: Region) -> str:
    """Return the pictures side by side, and what changed between them."""
    whole = region.is_all_of(inspection.image.picture)
    figures = [_picture(kind, title, look, region) for kind, title, look in looks(inspection)]
    channels: list[tuple[str, str]] = []
    if inspection.cover is not None and inspection.comparison is not None:
        channels = _difference_choices(inspection.image)
        figures.append(_changes(inspection.cover, inspection.image, inspection.comparison, region))
    views = _VIEWS[1:] if whole else _VIEWS
    pickers = picker("Show", "view", views) + picker(
        "Difference of", "difference", channels, when="crop"
    )
    return (
        '<section class="viewer"><h2>Side by side</h2>'
        f'<div class="pickers">{pickers}</div>'
        f'<div class="pictures">{"".join(figures)}</div></section>'
    )


def _picture(kind: str, title: str, look: Look, region: Region) -> str:
    images = img(drawing.crop(look.picture, region), f"{title}, part at 1 : 1", when="crop")
    if not region.is_all_of(look.picture):
        images += img(drawing.preview(look.picture), f"{title}, whole", when="whole")
    return figure(images, escape(look.kind), kind=kind, name=title)


def _difference_choices(look: Look) -> list[tuple[str, str]]:
    """Return which differences can be shown: colours at once where a screen has them all."""
    single = [(f"only-{index}", name) for index, name in enumerate(look.channels)]
    return [("all", "all channels"), *single] if len(single) == 3 else single


def _changes(cover: Look, image: Look, comparison: Comparison, region: Region) -> str:
    """Return the amplified difference at 1 : 1, and the map of where samples differ."""
    one, other = region.of(cover.picture.samples), region.of(image.picture.samples)
    largest = comparison.whole.largest
    images = ""
    for value, name in _difference_choices(image):
        part = slice(None) if value == "all" else int(value.removeprefix("only-"))
        drawn = drawing.difference(one[:, :, part], other[:, :, part], largest)
        images += img(drawn, f"amplified difference, {name}", when=f"crop {value}", kind="exact")
    caption = f'<div data-when="crop">{_scale_of(largest)}</div>'
    if not region.is_all_of(cover.picture):
        drawn, strongest = drawing.change_map(cover.picture, image.picture)
        images += img(drawn, "where samples differ", when="whole", kind="map")
        words = f"share of samples that differ{scale('density', '0 %', percent(strongest))}"
        caption += f'<div data-when="whole">{words}</div>'
    return figure(images, caption, name="What changed")


def _scale_of(largest: int) -> str:
    if largest == 0:
        return "nothing differs"
    unit = "step" if largest == 1 else "steps"
    factor = regions.amplification(largest)
    strength = f"amplified {factor} times" if largest <= regions.MIDDLE_GREY else "scaled down"
    return f"{strength}{scale('signed', f'-{largest}', f'+{largest} {unit}')}"


def bit_planes(inspection: Inspection, region: Region) -> str:
    """Return every bit plane of every channel, one pair of them at a time."""
    image = inspection.image
    channels = [(f"channel-{index}", name) for index, name in enumerate(image.channels)]
    planes = [(f"plane-{plane}", str(plane)) for plane in range(image.picture.bit_depth)]
    views = _VIEWS[1:] if region.is_all_of(image.picture) else _VIEWS
    pickers = (
        picker("Channel", "channel", channels, chosen=len(channels) // 2)
        + picker("Plane", "plane", planes)
        + picker("Show", "plane-view", views, chosen=len(views) - 1)
    )
    shown = {kind: _views(look.picture, region) for kind, _, look in looks(inspection)}
    figures = "".join(
        figure(_planes(title, shown[kind], image.channels), "", kind=kind, name=title)
        for kind, title, _ in looks(inspection)
    )
    if inspection.cover is not None:
        title, words = "Bits that differ", _plane_words(inspection)
        changed = {view: part ^ shown["image"][view] for view, part in shown["cover"].items()}
        figures += figure(_planes(title, changed, image.channels), words, name=title)
    return (
        '<section class="viewer"><h2>Bit planes</h2>'
        '<p class="quiet">Bit k of every sample, ones white; plane 0 is the least significant. '
        "Natural pictures show shapes down to planes 1 or 2, and in plane 0 at least where they "
        "are black or white; embedded payload is noise.</p>"
        f'<div class="pickers">{pickers}</div>'
        f'<div class="pictures">{figures}</div></section>'
    )


def _views(picture: Picture, region: Region) -> dict[str, Samples]:
    """Return what is shown of a picture: a part, and all of it where that is more."""
    views = {"crop": region.of(picture.samples)}
    if not region.is_all_of(picture):
        views["whole"] = regions.thinned(picture.samples)
    return views


def _planes(title: str, views: dict[str, Samples], names: tuple[str, ...]) -> str:
    return "".join(
        img(
            drawing.plane(samples[:, :, channel], plane),
            f"{title}: plane {plane} of {name}",
            when=f"{view} channel-{channel} plane-{plane}",
            kind="exact",
        )
        for view, samples in views.items()
        for channel, name in enumerate(names)
        for plane in range(8 * samples.dtype.itemsize)
    )


def _plane_words(inspection: Inspection) -> str:
    """Return for each plane how much of it differs from the cover's."""
    if inspection.comparison is None:
        return ""
    return "".join(
        when(
            f"channel-{channel} plane-{plane}",
            f"{percent(rate)} of this plane",
        )
        for channel, change in enumerate(inspection.comparison.channels)
        for plane, rate in enumerate(change.per_plane)
    )
