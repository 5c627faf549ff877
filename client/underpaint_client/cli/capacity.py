"""`underpaint capacity`: what fits into a cover, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from underpaint_client.cli import options
from underpaint_client.cli.output import (
    decibels,
    finite,
    print_json,
    refuse_mixed_stdin,
    size,
    source,
    warn,
)
from underpaint_common.errors import ExitCode

if TYPE_CHECKING:
    from underpaint_client.room import Room


@click.command(
    short_help="Say what a cover holds, and at what quality.",
    epilog=options.example(
        "underpaint capacity lake.png", "underpaint capacity lake.png --secret map.png"
    ),
)
@click.argument("cover")
@click.option("--secret", metavar="SECRET", help="Say where this secret fits; exit 5 if nowhere.")
@options.as_json
def capacity(cover: str, secret: str | None, as_json: bool) -> ExitCode:
    """Say what COVER holds, by mode and bit planes, and the quality to expect when full."""
    refuse_mixed_stdin(cover, secret)
    from underpaint_client.room import room_in
    from underpaint_client.sources import picture_of, secret_of
    from underpaint_common.pictures import Limits

    limit = Limits().max_file_bytes
    picture = picture_of(source(cover, max_bytes=limit))
    hidden = None if secret is None else secret_of(source(secret, max_bytes=limit))
    for notice in picture.notices:
        warn(notice)
    rooms = room_in(picture, hidden)
    if as_json:
        fields: dict[str, Any] = {
            "cover": cover,
            "width": picture.width,
            "height": picture.height,
            "channels": picture.channels,
            "bit_depth": picture.bit_depth,
            "secret_bytes": None if hidden is None else len(hidden.data),
            "rows": [_row(room) for room in rooms],
        }
        print_json(fields)
    else:
        click.echo("\n".join(_table(rooms)))
    fits = hidden is None or any(room.fits for room in rooms)
    return ExitCode.DONE if fits else ExitCode.DOES_NOT_FIT


def _row(room: Room) -> dict[str, Any]:
    return {
        "mode": room.mode,
        "planes": room.planes,
        "bytes": room.bytes,
        "psnr_db": finite(room.psnr_db),
        "fits": room.fits,
    }


def _table(rooms: tuple[Room, ...]) -> list[str]:
    header = f"{'mode':<8} {'planes':>6} {'holds':>12} {'PSNR when full':>15}"
    verdicts = {None: "", True: "  fits", False: "  does not fit"}
    return [
        header,
        *(
            f"{room.mode:<8} {room.planes:>6} {size(room.bytes):>12} "
            f"{decibels(room.psnr_db):>15}{verdicts[room.fits]}"
            for room in rooms
        ),
    ]
