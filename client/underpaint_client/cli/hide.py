"""`underpaint hide`: a secret into a cover."""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Unpack

import click

from underpaint_client import choices
from underpaint_client.cli import options
from underpaint_client.cli.inputs import refuse_output
from underpaint_client.cli.option_types import Setting
from underpaint_client.cli.output import (
    decibels,
    detection,
    detection_fields,
    finite,
    print_json,
    refuse_mixed_stdin,
    refuse_mixed_stdout,
    say,
    say_more,
    size,
    source,
    warn,
    write_stdout,
)
from underpaint_client.cli.progress import Bars

if TYPE_CHECKING:
    from underpaint_client.identities import IdentityChoice
    from underpaint_client.inspect.checking import Check
    from underpaint_client.results import HiddenImage
    from underpaint_common.pictures import Limits, Picture


@click.command(
    short_help="Hide a secret in a cover.",
    epilog=options.example(
        "underpaint hide map.png lake.png -o postcard.png",
        "underpaint hide map.png lake.png -o postcard.png --key-file family.key --check",
        "underpaint hide map.png lake.png -o postcard.png --mode adaptive --effort 10",
    ),
)
@click.argument("secret", type=options.file_or_stream)
@click.argument("cover", type=options.file_or_stream)
@click.option(
    "-o",
    "--output",
    type=options.file_or_stream,
    required=True,
    metavar="STEGO",
    help="Where the stego image goes; the ending chooses the format, - is standard output.",
)
@options.shared_key
@click.option(
    "--to",
    "address",
    metavar="REMOTE",
    shell_complete=options.complete_remotes,
    help="Only this server can reveal: a remote's name, an address, or a public key.",
)
@options.identity
@options.embedding
@click.option(
    "--format",
    "file_format",
    type=click.Choice(choices.FORMATS),
    help="Format of the stego image. Default: as STEGO ends; PNG on standard output.",
)
@click.option(
    "--compress",
    cls=Setting,
    type=click.Choice(choices.COMPRESSIONS),
    default="fast",
    show_default=True,
    help="How hard a PNG or WebP is compressed.",
)
@click.option(
    "--check", is_flag=True, help="Read the result with the classical detectors, and warn."
)
@options.limits
@options.force
@options.as_json
def hide(
    secret: str,
    cover: str,
    output: str,
    passphrase_file: str | None,
    key_file: Path | None,
    address: str | None,
    identity: IdentityChoice,
    file_format: str | None,
    compress: Literal["fast", "best"],
    check: bool,
    limits: Limits,
    force: bool,
    as_json: bool,
    **embedding: Unpack[options.Embedding],
) -> None:
    """Hide SECRET in COVER and write the stego image. The cover is never changed."""
    refuse_mixed_stdout(output, as_json=as_json)
    refuse_mixed_stdin(secret, cover, passphrase_file, identity.passphrase_file)
    from underpaint_client import api
    from underpaint_client.keys import KeyChoice, Purpose, stego_key
    from underpaint_client.outputs import check_inputs, output_format
    from underpaint_client.sources import picture_of

    target = None if output == options.STREAM else Path(output)
    if target is not None:
        refuse_output(target, overwrite=force)
    chosen = output_format(target, file_format)
    check_inputs(secret, cover)
    key = stego_key(KeyChoice(passphrase_file, key_file, address, identity), Purpose.HIDE, warn)
    started = time.perf_counter()
    cover_source = source(cover, max_bytes=limits.max_file_bytes)
    with Bars() as bars:
        hidden = api.hide(
            source(secret, max_bytes=limits.max_file_bytes),
            cover_source,
            key=key,
            output=target,
            file_format=chosen,
            compress=compress,
            overwrite=force,
            limits=limits,
            progress=bars,
            **embedding,
        )
    if target is None:
        write_stdout(hidden.encoded(chosen, compress=compress))
    seconds = time.perf_counter() - started
    checked = _check(picture_of(cover_source, limits=limits), hidden) if check else None
    _report(hidden, output, seconds, checked, as_json=as_json)


def _check(cover: Picture, hidden: HiddenImage) -> Check | None:
    """Let the classical detectors read the result, and say what they see."""
    from underpaint_client.inspect.checking import check
    from underpaint_common.stego.detect.verdict import Finding

    checked = check(cover, hidden.picture)
    if checked is None:
        warn("the picture is too small for the detectors")
    elif checked.finding is Finding.NOTHING:
        say(checked.sentence)
    else:
        warn(checked.sentence)
    return checked


def _report(
    hidden: HiddenImage, output: str, seconds: float, checked: Check | None, *, as_json: bool
) -> None:
    report = hidden.report
    for notice in (*hidden.notices, *report.warnings):
        warn(notice)
    if as_json:
        fields = {
            "mode": report.mode,
            "choice": report.choice,
            "form": report.form,
            "planes": report.planes,
            "payload_bytes": report.payload_bytes,
            "capacity_bytes": report.capacity_bytes,
            "bits_per_sample": report.bits_per_sample,
            "psnr_db": finite(report.psnr_db),
            "change_rate": report.change_rate,
            **detection_fields(report.expected_error),
            "seconds": round(seconds, 4),
            "output": output,
            "notices": hidden.notices,
            "warnings": report.warnings,
            "check": None if checked is None else dataclasses.asdict(checked),
        }
        print_json(fields)
        return
    say(
        f"hidden in {output}: {size(report.payload_bytes)} of {size(report.capacity_bytes)}, "
        f"mode {report.mode}, form {report.form}, {_planes(report.planes)}, "
        f"PSNR {decibels(report.psnr_db)}, {detection(report.expected_error)}, {seconds:.2f} s"
    )
    if report.choice is not None:
        say(f"auto took {report.choice}")
    picture = hidden.picture
    say_more(f"{picture.width} x {picture.height} pixels, {picture.channels} channel(s)")
    say_more(
        f"{report.bits_per_sample:.3f} bits a sample; {report.change_rate:.2%} of samples changed"
    )


def _planes(count: int) -> str:
    return f"{count} bit plane{'s' * (count != 1)}"
