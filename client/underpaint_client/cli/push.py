"""`underpaint push`: one secret or many, to a server, until the receipts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from underpaint_client.cli import options
from underpaint_client.cli.output import refuse_mixed_stdin, source
from underpaint_client.cli.push_report import report_many, report_one
from underpaint_client.cli.push_run import PushRun
from underpaint_client.cli.push_words import is_one, refuse_contradictions, tasks_of
from underpaint_common.errors import ExitCode

if TYPE_CHECKING:
    from underpaint_client.client import Client
    from underpaint_client.identities import IdentityChoice
    from underpaint_common.pictures import Limits
    from underpaint_common.wire import Address

EPILOG = """
Of several secrets, those that this identity has pushed to this server before are left out, so that
the same command pushes what is missing; --again pushes them all. A push that is interrupted goes on
where it was when it is run again. What is remembered for that lies in the state folder:
$UNDERPAINT_STATE, by default ~/.local/state/underpaint on Linux.

Two stego images from one cover give the method away: whoever has both sees what differs. Covers
from a folder are never used twice, on this machine; --reuse-covers overrides that.

"""


@click.command(
    short_help="Hide secrets, send them to a server, wait for the receipts.",
    epilog=EPILOG
    + options.example(
        "underpaint push map.png --cover lake.png --to home",
        "underpaint push scans/ passport.png --cover holiday/ --to home",
        "underpaint push --prepared postcard.png --to home",
    ),
)
@click.argument(
    "secrets", nargs=-1, required=True, metavar="SECRET...", type=options.file_or_stream
)
@click.option(
    "--cover",
    type=options.file_or_stream,
    metavar="COVER",
    help="The image that carries it; or a folder of images, of which each secret gets the one that "
    "hides it best.",
)
@options.to_server
@options.identity
@options.embedding
@click.option(
    "--prepared",
    is_flag=True,
    help="Each SECRET is a stego image made with hide --to, and is sent as it is.",
)
@click.option(
    "--reuse-covers", is_flag=True, help="Take covers from a folder that were used before."
)
@click.option("--again", is_flag=True, help="Of several, push those too that are stored already.")
@click.option(
    "--keep-stego",
    type=options.path_type,
    metavar="FILE",
    help="Keep the stego image that is sent here as well: a PNG file, of CMYK a TIFF file.",
)
@options.preshared_key
@options.timeout
@options.retries
@options.limits
@options.force
@options.as_json
def push(
    secrets: tuple[str, ...],
    cover: str | None,
    address: Address,
    identity: IdentityChoice,
    prepared: bool,
    reuse_covers: bool,
    again: bool,
    keep_stego: Path | None,
    preshared_key: bytes | None,
    timeout: float,
    retries: int,
    limits: Limits,
    force: bool,
    as_json: bool,
    **embedding: Unpack[options.Embedding],
) -> ExitCode:
    """Hide each SECRET so that only the server finds it, send it, and wait for the receipt.

    Of a folder, the files that lie directly in it are pushed. Several are pushed side by side, and
    one that fails does not stop the others (exit code 10).
    """
    refuse_mixed_stdin(*secrets, cover, identity.passphrase_file)
    refuse_contradictions(secrets, cover, keep_stego, prepared=prepared, force=force)
    from underpaint_client.client import Client
    from underpaint_client.plans import How, Task

    me = identity.load()

    def new_client() -> Client:
        return Client(
            address, identity=me, timeout=timeout, retries=retries, preshared_key=preshared_key
        )

    tasks = [
        Task(name, source(name, max_bytes=limits.max_file_bytes)) for name in tasks_of(secrets)
    ]
    alone = is_one(secrets)
    how = How(**embedding, limits=limits, prepared=prepared, again=again or alone)
    run = PushRun(new_client, how, keep_stego, force=force)
    outcomes = run.push(tasks, cover, reuse=reuse_covers)
    if alone:
        return report_one(outcomes[0], address.host, as_json=as_json)
    return report_many(outcomes, address.host, as_json=as_json)
