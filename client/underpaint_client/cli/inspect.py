"""`underpaint inspect`: what can be seen in a picture, and what embedding did to it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from underpaint_client.cli import options
from underpaint_client.cli.inputs import refuse_output
from underpaint_client.cli.output import (
    finite,
    print_json,
    refuse_mixed_stdin,
    refuse_mixed_stdout,
    say,
    source,
    warn,
    write_stdout,
)
from underpaint_client.cli.waiting import waiting
from underpaint_common.errors import UsageError

if TYPE_CHECKING:
    from underpaint_client.inspect.looking import Change, Inspection, Look
    from underpaint_common.pictures import Limits, Picture


def _pixel(_context: click.Context, _parameter: click.Parameter, text: str | None) -> Any:
    if text is None:
        return None
    try:
        column, row = (int(part) for part in text.split(","))
    except ValueError as error:
        raise click.BadParameter(f"{text} is not a column and a row, such as 640,480") from error
    return column, row


@click.command(
    short_help="Show what can be seen in a picture, and what hiding did to it.",
    epilog=options.example(
        "underpaint inspect postcard.png --cover lake.png",
        "underpaint inspect postcard.png --cover lake.png -o report.html",
    ),
)
@click.argument("image", type=options.file_or_stream)
@click.option(
    "--cover",
    type=options.file_or_stream,
    metavar="COVER",
    help="Compare with the cover that IMAGE was made from.",
)
@click.option(
    "-o",
    "--output",
    type=options.file_or_stream,
    metavar="REPORT",
    help="Write a page with everything to see, one HTML file; - is standard output.",
)
@click.option(
    "--at",
    callback=_pixel,
    metavar="X,Y",
    help="The pixel around which the page shows a part at 1 : 1. Default: the middle.",
)
@options.limits
@options.force
@options.as_json
def inspect(
    image: str,
    cover: str | None,
    output: str | None,
    at: tuple[int, int] | None,
    limits: Limits,
    force: bool,
    as_json: bool,
) -> None:
    """Read IMAGE with the classical detectors of steganography and say what they see.

    With the cover, say what was changed as well: PSNR, SSIM, and how many samples and bits differ.
    """
    refuse_mixed_stdout(output, as_json=as_json)
    refuse_mixed_stdin(image, cover)
    from underpaint_client.inspect import looking

    target = None if output in (None, options.STREAM) else Path(str(output))
    if target is not None:
        refuse_output(target, overwrite=force)
    started = time.perf_counter()
    with waiting("looking"):
        found = looking.inspect(
            source(image, max_bytes=limits.max_file_bytes),
            None if cover is None else source(cover, max_bytes=limits.max_file_bytes),
            name=image,
            cover_name=cover,
            limits=limits,
        )
    _check_pixel(at, found.image.picture)
    for look in filter(None, (found.image, found.cover)):
        for notice in look.picture.notices:
            warn(f"{look.name}: {notice}")
    if output is not None:
        with waiting("drawing"):
            _write(found, target, at, overwrite=force)
    if as_json:
        print_json(_fields(found, output, time.perf_counter() - started))
    elif output is None:
        _print(found)
    else:
        from underpaint_client.inspect.meaning import headline

        say(f"{output}: {headline(found.image.finding, has_cover=found.cover is not None)}")


def _check_pixel(at: tuple[int, int] | None, picture: Picture) -> None:
    if at is not None and not (0 <= at[0] < picture.width and 0 <= at[1] < picture.height):
        raise UsageError(
            f"there is no pixel {at[0]},{at[1]} in a picture of {picture.width} x {picture.height}",
            hint="columns and rows are counted from 0, at the upper left",
        )


def _write(
    found: Inspection, target: Path | None, at: tuple[int, int] | None, *, overwrite: bool
) -> None:
    from underpaint_client.inspect.page import report
    from underpaint_common.files import write_atomically

    page = report(found, at=at)
    if target is None:
        write_stdout(page)
    else:
        write_atomically(target, page, overwrite=overwrite)


def _print(found: Inspection) -> None:
    from underpaint_client.cli.inspect_tables import print_inspection

    print_inspection(found)


def _fields(found: Inspection, output: str | None, seconds: float) -> dict[str, Any]:
    comparison = found.comparison
    changes = None
    if comparison is not None:
        named = zip(found.image.channels, comparison.channels, strict=True)
        changes = {
            **_change(comparison.whole),
            "channels": [{"channel": name, **_change(change)} for name, change in named],
            "alpha_differs": comparison.alpha_differs,
        }
    return {
        "image": _look(found.image),
        "cover": None if found.cover is None else _look(found.cover),
        "changes": changes,
        "report": output,
        "seconds": round(seconds, 4),
    }


def _look(look: Look) -> dict[str, Any]:
    picture = look.picture
    return {
        "file": look.name,
        "width": picture.width,
        "height": picture.height,
        "channels": picture.channels,
        "bit_depth": picture.bit_depth,
        "alpha": picture.alpha is not None,
        "finding": look.finding,
        "readings": [
            {
                "channel": name,
                "chi_square": each.chi_square,
                "beginning": each.beginning,
                "rs": each.rs,
                "sample_pairs": each.sample_pairs,
                "weighted_stego": each.weighted_stego,
            }
            for name, each in zip(look.channels, look.readings, strict=False)
        ],
        "notices": picture.notices,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "psnr_db": finite(change.psnr_db),
        "ssim": change.ssim,
        "change_rate": change.change_rate,
        "change_rate_per_plane": change.per_plane,
        "largest_step": change.largest,
    }
