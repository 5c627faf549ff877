"""The tables of `underpaint inspect`: readings, quality, and bits that differ."""

from __future__ import annotations

from collections.abc import Callable

import click

from underpaint_client.cli.tables import print_table
from underpaint_client.inspect.looking import Comparison, Inspection, Look
from underpaint_client.inspect.meaning import (
    CHI_SQUARE,
    ESTIMATORS,
    TOO_SMALL,
    headline,
    percent,
)
from underpaint_client.inspect.sections import decibels, similarity
from underpaint_common.stego.detect.readings import Readings
from underpaint_common.stego.detect.verdict import payload_share
from underpaint_common.terminal import on_one_line

_ROWS: tuple[tuple[str, Callable[[Readings], float]], ...] = (
    ("chi-square, all", CHI_SQUARE.of),
    ("chi-square, top", lambda readings: readings.beginning),
    *((each.title, each.of) for each in ESTIMATORS),
)


def print_inspection(found: Inspection) -> None:
    """Print everything that was measured, and what it amounts to."""
    looks = [look for look in (found.image, found.cover) if look is not None]
    for look in looks:
        click.echo(on_one_line(f"{look.name}: {look.kind}"))
    if found.image.readings:
        click.echo("")
        _print_readings(looks)
    if found.comparison is not None:
        click.echo("")
        _print_quality(found.comparison, found.image.channels)
        click.echo("")
        _print_planes(found.comparison, found.image.channels)
    click.echo("")
    click.echo(_summary(found))


def _print_readings(looks: list[Look]) -> None:
    prefixes = ("",) if len(looks) == 1 else ("", "cover ")
    header = [
        f"{prefix}{name}"
        for prefix, look in zip(prefixes, looks, strict=True)
        for name in look.channels
    ]
    rows = [
        [title, *(percent(pick(each)) for look in looks for each in look.readings)]
        for title, pick in _ROWS
    ]
    print_table([["detector", *header], *rows])


def _print_quality(comparison: Comparison, channels: tuple[str, ...]) -> None:
    rows = [
        [
            name,
            decibels(change.psnr_db),
            "too small" if change.ssim is None else similarity(change.ssim),
            percent(change.change_rate),
            str(change.largest),
        ]
        for name, change in comparison.named(channels)
    ]
    print_table([["channel", "PSNR", "SSIM", "samples changed", "largest step"], *rows])


def _print_planes(comparison: Comparison, channels: tuple[str, ...]) -> None:
    named = comparison.named(channels)
    rows = [
        [f"plane {plane}", *(percent(change.per_plane[plane]) for _, change in named)]
        for plane in range(len(comparison.whole.per_plane))
    ]
    print_table([["bits changed", *(name for name, _ in named)], *rows])


def _summary(found: Inspection) -> str:
    if not found.image.readings:
        return TOO_SMALL
    words = headline(found.image.finding, has_cover=found.cover is not None)
    shares = f"{percent(payload_share(found.image.readings))} of the samples read as payload"
    if found.cover is not None:
        shares += f", {percent(payload_share(found.cover.readings))} in the cover"
    return f"{words} ({shares})"
