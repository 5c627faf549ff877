"""`underpaint demo`: the whole way of a push, on this machine."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from underpaint_client.cli import options
from underpaint_client.cli.output import decibels, print_json, say, size
from underpaint_client.cli.tables import print_table
from underpaint_common.terminal import on_one_line

if TYPE_CHECKING:
    from underpaint_client.demo.run import Outcome


@click.command(
    short_help="Show the whole way of a push on this machine.",
    epilog=options.example(
        "underpaint demo", "underpaint demo --cover holiday.png --secret passport.png"
    ),
)
@click.option(
    "--cover", type=options.path_type, envvar="COVER", help="Your own cover. Default: a landscape."
)
@click.option(
    "--secret", type=options.path_type, envvar="SECRET", help="Your own secret. Default: a map."
)
@click.option(
    "-o",
    "--output",
    type=options.folder_type,
    default=Path("demo"),
    show_default=True,
    metavar="FOLDER",
    help="Where the pictures go.",
)
@options.as_json
def demo(cover: Path | None, secret: Path | None, output: Path, as_json: bool) -> None:
    """Start a daemon, push a secret to it, compare what arrived, and show it all on one sheet."""
    from underpaint_client.demo.run import run_demo

    started = time.perf_counter()
    outcome = run_demo(output, cover, secret, say)
    seconds = time.perf_counter() - started
    if as_json:
        fields = {
            "cover": str(outcome.cover),
            "secret": str(outcome.secret),
            "stego": str(outcome.stego),
            "arrived": str(outcome.arrived),
            "sheet": str(outcome.sheet.absolute()),
            "push": outcome.push,
            "seconds": round(seconds, 3),
        }
        print_json(fields)
        return
    _print_table(outcome, seconds)


def _print_table(outcome: Outcome, seconds: float) -> None:
    pushed = outcome.push
    psnr = float("inf") if pushed["psnr_db"] is None else pushed["psnr_db"]
    rows = [
        ("one push", ""),
        ("cover", size(outcome.cover.stat().st_size)),
        ("secret", size(outcome.secret.stat().st_size)),
        ("stego image", size(pushed["stego_bytes"])),
        ("mode", f"{pushed['mode']}, {pushed['planes']} bit plane(s)"),
        ("bits per sample", f"{pushed['bits_per_sample']:.3f}"),
        ("PSNR", decibels(psnr)),
        ("arrived", "byte for byte the secret"),
        *((f"seconds: {stage}", f"{value:.2f}") for stage, value in pushed["seconds"].items()),
        ("seconds: the whole demo", f"{seconds:.1f}"),
    ]
    print_table(rows)
    click.echo(on_one_line(f"contact sheet: {outcome.sheet.absolute()}"))
