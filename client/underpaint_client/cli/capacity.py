"""`underpaint capacity`: what fits into covers, what it costs, and which of them to take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from underpaint_client.cli import options
from underpaint_client.cli.capacity_tables import comparison, full_table
from underpaint_client.cli.output import (
    detection,
    detection_fields,
    finite,
    print_json,
    refuse_mixed_stdin,
    say,
    source,
    warn,
)
from underpaint_client.cli.tables import print_table
from underpaint_common.errors import (
    DoesNotFit,
    ExitCode,
    LocalFileError,
    UnderpaintError,
    UnusableImage,
)
from underpaint_common.terminal import on_one_line

if TYPE_CHECKING:
    from underpaint_client.room import Room
    from underpaint_client.survey import CoverFacts
    from underpaint_common.payload import Ranked
    from underpaint_common.pictures import Limits


@click.command(
    short_help="Say what covers hold, at what quality, and which to take.",
    epilog=options.example(
        "underpaint capacity lake.png",
        "underpaint capacity holiday/ lake.png --secret map.png",
    ),
)
@click.argument("covers", nargs=-1, required=True, type=options.file_or_stream, metavar="COVER...")
@click.option(
    "--secret",
    type=options.file_or_stream,
    metavar="SECRET",
    help="Say where this secret fits; exit 5 if nowhere.",
)
@options.limits
@options.as_json
def capacity(
    covers: tuple[str, ...], secret: str | None, limits: Limits, as_json: bool
) -> ExitCode:
    """Say what each COVER holds, by mode and bit planes, and the quality to expect.

    Of a folder, the images that lie directly in it are looked at. With a secret, covers are
    listed best first: the one in which it is hardest to detect. Detection errors are extrapolated.
    """
    refuse_mixed_stdin(*covers, secret)
    from underpaint_client.room import Need
    from underpaint_client.sources import secret_of
    from underpaint_client.survey import survey

    hidden = None
    if secret is not None:
        hidden = secret_of(source(secret, max_bytes=limits.max_file_bytes), limits=limits)
    need = None if hidden is None else Need.of(hidden, limits)
    failures: dict[str, UnderpaintError] = {}
    ranked = survey(_sources(covers, limits, failures), need, failures.setdefault, limits=limits)
    if not ranked and len(failures) == 1:
        raise next(iter(failures.values()))
    best = ranked[0].label.name if ranked and need and ranked[0].fits else None
    if as_json:
        fields = {
            "secret_bytes": None if hidden is None else len(hidden.data),
            "take": best,
            "covers": [_facts(each.label) for each in ranked],
            "failed": [
                {"cover": name, "message": error.message} for name, error in failures.items()
            ],
        }
        print_json(fields)
    else:
        _print(ranked, failures, best)
    return _exit_code(ranked, failures, covers)


def _sources(
    covers: tuple[str, ...], limits: Limits, failures: dict[str, UnderpaintError]
) -> Iterator[tuple[str, Path | bytes]]:
    """Yield covers with their names, folders taken apart; streams that cannot be read fail."""
    from underpaint_client.survey import images_in

    for cover in covers:
        if cover != options.STREAM and Path(cover).is_dir():
            yield from ((str(path), path) for path in images_in(Path(cover)))
            continue
        try:
            given = source(cover, max_bytes=limits.max_file_bytes)
        except (UnusableImage, LocalFileError) as error:
            failures[cover] = error
        else:
            yield cover, given


def _print(
    ranked: tuple[Ranked[CoverFacts], ...], failures: dict[str, UnderpaintError], best: str | None
) -> None:
    for name, error in failures.items():
        warn(error.message if name in error.message else f"{name}: {error.message}")
    facts = [each.label for each in ranked]
    for each in facts:
        for notice in (*each.notices, *each.warnings):
            warn(notice if len(facts) == 1 else f"{each.name}: {notice}")
    print_table(full_table(facts[0].rooms) if len(facts) == 1 else comparison(facts))
    if best is not None:
        only = f"with the secret: {detection(facts[0].expected_error)}"
        click.echo(f"take {on_one_line(best)}" if len(facts) > 1 else only)
    if _fits_nowhere(facts):
        say(f"the secret fits nowhere here: {DoesNotFit.usual_hint}")


def _exit_code(
    ranked: tuple[Ranked[CoverFacts], ...],
    failures: dict[str, UnderpaintError],
    covers: tuple[str, ...],
) -> ExitCode:
    """Return 5 if the secret fits nowhere, and 10 if a cover that was named could not be used."""
    if _fits_nowhere([each.label for each in ranked]):
        return ExitCode.DOES_NOT_FIT
    return ExitCode.SOME_FAILED if failures.keys() & set(covers) else ExitCode.DONE


def _fits_nowhere(covers: Sequence[CoverFacts]) -> bool:
    rooms = [room for cover in covers for room in cover.rooms]
    return bool(rooms) and not any(room.fits in (True, None) for room in rooms)


def _facts(facts: CoverFacts) -> dict[str, Any]:
    return {
        "cover": facts.name,
        "width": facts.width,
        "height": facts.height,
        "channels": facts.channels,
        "bit_depth": facts.bit_depth,
        "rows": [_row(room) for room in facts.rooms],
        **detection_fields(facts.expected_error),
        "notices": facts.notices,
        "warnings": facts.warnings,
    }


def _row(room: Room) -> dict[str, Any]:
    return {
        "mode": room.mode,
        "planes": room.planes,
        "capacity_bytes": room.capacity_bytes,
        "bytes": room.bytes,
        "psnr_db": finite(room.psnr_db),
        "fits": room.fits,
        "secret_psnr_db": None if room.secret_psnr_db is None else finite(room.secret_psnr_db),
    }
