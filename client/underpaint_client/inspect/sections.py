"""The report's sections of figures: readings, histograms, and quality channel by channel."""

from __future__ import annotations

from html import escape
from pathlib import Path
from statistics import fmean

from underpaint_client.inspect import charts, meaning
from underpaint_client.inspect.looking import Change, Comparison, Inspection, Look
from underpaint_client.inspect.markup import bar, head, row
from underpaint_client.inspect.meaning import CHI_SQUARE, Detector, percent
from underpaint_client.inspect.views import looks
from underpaint_common.stego.detect.verdict import beginning_share


def detectors(inspection: Inspection) -> str:
    """Return what each detector reads in each channel of each picture, and what that means."""
    title = "<section><h2>What the classical detectors read</h2>"
    if not inspection.image.readings:
        return f"{title}<p>{meaning.TOO_SMALL}</p></section>"
    cards = "".join(
        _card(inspection, each, _estimate_words(inspection, each)) for each in meaning.ESTIMATORS
    )
    return (
        f"{title}<p>Four published methods against replaced lowest bits. RS, sample pairs and "
        "weighted stego estimate the share of samples that bear payload; chi-square tests for full "
        f'pictures.</p>{_key(inspection)}<div class="cards thirds">{cards}'
        f"{_chi_square(inspection)}</div></section>"
    )


def _key(inspection: Inspection) -> str:
    names = "".join(
        f'<span><b class="{kind}">{escape(title)}</b> {escape(Path(look.name).name)}</span>'
        for kind, title, look in looks(inspection)
    )
    return f'<p class="key">{names}</p>'


def _card(inspection: Inspection, detector: Detector, words: str, chart: str = "") -> str:
    rows = "".join(
        row(name, ["<td>" + _bars(inspection, detector, channel) + "</td>"])
        for channel, name in enumerate(inspection.image.channels)
    )
    shown = f'<table class="readings"><tbody>{rows}</tbody></table>'
    if chart:
        shown = f'<div class="halves">{shown}<div>{chart}</div></div>'
    return (
        f'<article class="card{" full" * bool(chart)}"><h3>{detector.title}</h3><p>{words}</p>'
        f"{shown}<details><summary>How it works</summary><p>{detector.method}</p>"
        f'<p class="quiet">{detector.source}</p></details></article>'
    )


def _bars(inspection: Inspection, detector: Detector, channel: int) -> str:
    values = ((kind, detector.of(look.readings[channel])) for kind, _, look in looks(inspection))
    return "".join(bar(kind, value, percent(value)) for kind, value in values)


def _estimate_words(inspection: Inspection, detector: Detector) -> str:
    cover = inspection.cover
    return meaning.estimate_in_words(
        fmean(map(detector.of, inspection.image.readings)),
        None if cover is None else fmean(map(detector.of, cover.readings)),
    )


def _chi_square(inspection: Inspection) -> str:
    readings = inspection.image.readings
    whole = fmean(map(CHI_SQUARE.of, readings))
    words = meaning.chi_square_in_words(beginning_share(readings), whole)
    cover = inspection.cover
    curve = charts.curve_chart(
        _mean_prefixes(inspection.image), None if cover is None else _mean_prefixes(cover)
    )
    chart = (
        f'{curve}<div class="ends"><span>first twentieth</span>'
        "<span>probability that so much from the top is full</span><span>all</span></div>"
    )
    return _card(inspection, CHI_SQUARE, words, chart)


def _mean_prefixes(look: Look) -> list[float]:
    columns = zip(*(each.prefixes for each in look.readings), strict=True)
    return [fmean(column) for column in columns]


def histograms(inspection: Inspection) -> str:
    """Return how often each value occurs, channel by channel."""
    picture = inspection.image.picture
    cover = None if inspection.cover is None else inspection.cover.picture
    cards = "".join(
        f"<figure><figcaption><b>{name}</b></figcaption>"
        + charts.histogram_chart(
            name,
            charts.histogram(picture.samples[:, :, channel]),
            None if cover is None else charts.histogram(cover.samples[:, :, channel]),
        )
        + f'<div class="ends"><span>0</span><span>{(1 << picture.bit_depth) - 1}</span></div>'
        "</figure>"
        for channel, name in enumerate(inspection.image.channels)
    )
    words = (
        "Replacement makes the values 2k and 2k + 1 equally frequent, in steps of two; embedding "
        "that moves values either way only smooths."
        if picture.bit_depth == 8
        else "Of 16 bits the upper 8 are told apart here."
    )
    return (
        f'<section><h2>Histograms</h2><p class="quiet">{words} Piles at either end are cut off.</p>'
        f'{_key(inspection)}<div class="pictures small">{cards}</div></section>'
    )


def quality(comparison: Comparison, channels: tuple[str, ...]) -> str:
    """Return PSNR, SSIM and change rates, in all and by channel, and by plane."""
    named = comparison.named(channels)
    rows = "".join(row(name, map(_cell, _measures(change))) for name, change in named)
    planes = "".join(
        row(f"plane {plane}", (_heat(change.per_plane[plane]) for _, change in named))
        for plane in range(len(comparison.whole.per_plane))
    )
    columns = ("", "PSNR", "SSIM", "samples changed", "largest step")
    return (
        '<section><h2>Channel by channel</h2><div class="cards wide">'
        f'<div class="card scroll"><table><caption>Quality</caption>{head(columns)}'
        f"<tbody>{rows}</tbody></table></div>"
        '<div class="card scroll"><table><caption>Bits that differ from the cover\'s</caption>'
        f"{head(['', *(name for name, _ in named)])}<tbody>{planes}</tbody></table></div>"
        "</div></section>"
    )


def _measures(change: Change) -> tuple[str, ...]:
    return (
        decibels(change.psnr_db),
        "too small" if change.ssim is None else similarity(change.ssim),
        percent(change.change_rate),
        str(change.largest),
    )


def decibels(psnr_db: float) -> str:
    """Return a PSNR with its unit."""
    return "unchanged" if psnr_db == float("inf") else f"{psnr_db:.2f} dB"


def similarity(value: float) -> str:
    """Return an SSIM; only what is equal is written as 1."""
    return "1" if value == 1 else f"{min(value, 0.999999):.6f}"


def _cell(text: str) -> str:
    return f"<td>{text}</td>"


def _heat(rate: float) -> str:
    return f'<td class="heat" style="--share:{min(rate, 0.5):.3f}">{percent(rate)}</td>'
