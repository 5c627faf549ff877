"""The report as one HTML page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from underpaint_client.inspect import sections, views
from underpaint_client.inspect.looking import Comparison, Inspection
from underpaint_client.inspect.meaning import headline, percent, quality_in_words
from underpaint_client.inspect.regions import Region
from underpaint_common.stego.detect.verdict import Finding, payload_share
from underpaint_common.version import __version__

_VERDICTS = {
    Finding.NOTHING: "Nothing seen.",
    Finding.UNCLEAR: "Unclear.",
    Finding.PAYLOAD: "Payload seen.",
}


def report(inspection: Inspection, *, at: tuple[int, int] | None = None) -> Iterator[bytes]:
    """Yield the page.

    Parameters
    ----------
    inspection : Inspection
        What was found. Names of files are text to the page, whatever they hold.
    at : (int, int), optional
        Column and row of the pixel around which the part at 1 : 1 lies; the middle by default.

    Notes
    -----
    Twelve megapixels RGB give about 4 MB: previews, parts and bit planes are of bounded size.
    """
    region = Region.around(inspection.image.picture, at)
    parts = [_header(inspection), '<main id="content">', _glance(inspection)]
    parts += [views.pictures(inspection, region), views.bit_planes(inspection, region)]
    parts += [sections.detectors(inspection), sections.histograms(inspection)]
    if inspection.comparison is not None:
        parts.append(sections.quality(inspection.comparison, inspection.image.channels))
    parts += ["</main>", _footer()]
    page = Template(_resource("report.html")).substitute(
        version=__version__,
        title=f"{escape(inspection.image.name)} - inspected by Underpaint",
        style=_resource("report.css"),
        script=_resource("report.js"),
        body="\n".join(parts),
    )
    yield page.encode(errors="replace")  # names may hold bytes that are no text


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _header(inspection: Inspection) -> str:
    image, cover = inspection.image, inspection.cover
    against = "" if cover is None else f", against its cover {escape(cover.name)}"
    return (
        '<header><div><p class="brand">Underpaint · inspect</p>'
        f"<h1>{escape(Path(image.name).name)}</h1>"
        f'<p class="quiet">{escape(image.name)}: {escape(image.kind)}{against}</p></div>'
        '<button class="theme" type="button" hidden>Dark</button></header>'
    )


def _glance(inspection: Inspection) -> str:
    image, cover = inspection.image, inspection.cover
    words = headline(image.finding, has_cover=cover is not None)
    notices = [f"{image.name}: {notice}" for notice in image.picture.notices]
    if cover is not None:
        notices += [f"{cover.name}: {notice}" for notice in cover.picture.notices]
    if inspection.comparison is not None and inspection.comparison.alpha_differs:
        notices.append("the two differ in their alpha, which is not compared below")
    lines = "".join(f'<p class="quiet notice">{escape(notice)}</p>' for notice in notices)
    return (
        f'<section aria-label="At a glance"><div class="verdict {image.finding}">'
        f"<p><strong>{_VERDICTS[image.finding]}</strong> {words}</p></div>"
        f'<div class="cards">{"".join(_cards(inspection))}</div>{lines}</section>'
    )


def _cards(inspection: Inspection) -> Iterator[str]:
    image, cover, comparison = inspection.image, inspection.cover, inspection.comparison
    if comparison is not None:
        yield from _change_cards(comparison)
    if image.readings:
        beside = "" if not cover else f"; in the cover {percent(payload_share(cover.readings))}"
        words = f"of samples read as payload, all estimators together{beside}"
        yield _figure_card(percent(payload_share(image.readings)), words)


def _change_cards(comparison: Comparison) -> Iterator[str]:
    whole = comparison.whole
    value, _, unit = sections.decibels(whole.psnr_db).partition(" ")
    yield _figure_card(f"{value} <small>{unit}</small>", f"PSNR: {quality_in_words(whole.psnr_db)}")
    if whole.ssim is not None:
        yield _figure_card(sections.similarity(whole.ssim), "SSIM: structure kept; 1 is all of it")
    steps = f"{whole.largest} step{'s' * (whole.largest != 1)} at most"
    yield _figure_card(percent(whole.change_rate), f"of samples changed, by {steps}")


def _figure_card(figure: str, words: str) -> str:
    return f'<div class="card"><div class="figure">{figure}</div><div>{words}</div></div>'


def _footer() -> str:
    return (
        f'<footer class="quiet"><p>Made by Underpaint {__version__}. This page holds parts of the '
        "pictures: treat it as you treat them.</p><p>The detectors here are the classical ones. "
        "Nothing that they do not see is thereby proved to be absent.</p></footer>"
    )
