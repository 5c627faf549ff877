"""`underpaint reveal`: the secret out of a stego image."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from underpaint_client.cli import options
from underpaint_client.cli.inputs import refuse_output
from underpaint_client.cli.output import (
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

if TYPE_CHECKING:
    from underpaint_client.identities import IdentityChoice
    from underpaint_client.results import RevealedSecret
    from underpaint_common.pictures import Limits


@click.command(
    short_help="Find the secret in a stego image.",
    epilog=options.example(
        "underpaint reveal postcard.png", "underpaint reveal postcard.png -o - > map.png"
    ),
)
@click.argument("stego", type=options.file_or_stream)
@click.option(
    "-o",
    "--output",
    type=options.file_or_stream,
    metavar="FILE",
    help="Where the secret goes; - is stdout. Default: its own name, made safe, in this folder.",
)
@options.shared_key
@click.option("--from", "sender", metavar="KEY", help="Public key of the identity that hid it.")
@options.identity
@options.limits
@options.force
@options.as_json
def reveal(
    stego: str,
    output: str | None,
    passphrase_file: str | None,
    key_file: Path | None,
    sender: str | None,
    identity: IdentityChoice,
    limits: Limits,
    force: bool,
    as_json: bool,
) -> None:
    """Find the secret in STEGO and write it, exact to the last bit."""
    refuse_mixed_stdout(output, as_json=as_json)
    refuse_mixed_stdin(stego, passphrase_file, identity.passphrase_file)
    from underpaint_client import api
    from underpaint_client.keys import KeyChoice, Purpose, stego_key
    from underpaint_client.outputs import check_inputs

    named = None if output in (None, options.STREAM) else Path(str(output))
    if named is not None:
        refuse_output(named, overwrite=force)
    check_inputs(stego)
    key = stego_key(KeyChoice(passphrase_file, key_file, sender, identity), Purpose.REVEAL, warn)
    started = time.perf_counter()
    found = api.reveal(source(stego, max_bytes=limits.max_file_bytes), key=key, limits=limits)
    written = _write(found, output, force=force)
    _report(found, written, time.perf_counter() - started, as_json=as_json)


def _write(found: RevealedSecret, output: str | None, *, force: bool) -> str:
    from underpaint_common.files import write_atomically
    from underpaint_common.payload import safe_name

    if output == options.STREAM:
        write_stdout([found.data])
        return options.STREAM
    target = Path(output if output is not None else safe_name(found.name))
    refuse_output(target, overwrite=force)
    write_atomically(target, [found.data], overwrite=force)
    return str(target)


def _report(found: RevealedSecret, output: str, seconds: float, *, as_json: bool) -> None:
    if as_json:
        fields = {
            "mode": found.mode,
            "form": found.form,
            "name": found.name,
            "media_type": found.media_type,
            "bytes": len(found.data),
            "sha256": found.sha256.hex(),
            "output": output,
            "seconds": round(seconds, 4),
        }
        print_json(fields)
        return
    say(f"revealed {output}: {size(len(found.data))}, {found.media_type}, {seconds:.2f} s")
    say_more(f"embedded as {found.name!r} in mode {found.mode}, form {found.form}")
    say_more(f"SHA-256 {found.sha256.hex()}")
