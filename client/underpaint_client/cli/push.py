"""`underpaint push` and `underpaint ping`: what needs a server."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from underpaint_client.cli import options
from underpaint_client.cli.output import (
    decibels,
    finite,
    print_json,
    refuse_mixed_stdin,
    say,
    size,
    source,
    warn,
)
from underpaint_client.cli.progress import Bars
from underpaint_client.progress import Stage
from underpaint_common.errors import Interrupted, about

if TYPE_CHECKING:
    from underpaint_client.client import Client
    from underpaint_client.identities import IdentityChoice
    from underpaint_client.prepare import Prepared
    from underpaint_client.receipts import PushReceipt
    from underpaint_common.pictures import Limits
    from underpaint_common.wire import Address


@click.command(
    short_help="Hide a secret, send it to a server, wait for the receipt.",
    epilog=options.example(
        "underpaint push map.png --cover lake.png --to home",
        "underpaint push map.png --cover lake.png --to underpaint://HOST:7741/#KEY",
    ),
)
@click.argument("secret", type=options.file_or_stream)
@click.option(
    "--cover",
    required=True,
    type=options.file_or_stream,
    metavar="COVER",
    help="The image that carries it.",
)
@options.to_server
@options.identity
@options.embedding
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
    secret: str,
    cover: str,
    address: Address,
    identity: IdentityChoice,
    preshared_key: bytes | None,
    keep_stego: Path | None,
    timeout: float,
    retries: int,
    limits: Limits,
    force: bool,
    as_json: bool,
    **embedding: Unpack[options.Embedding],
) -> None:
    """Hide SECRET in COVER so that only the server finds it, send it, and wait for the receipt."""
    refuse_mixed_stdin(secret, cover, identity.passphrase_file)
    from underpaint_client.cli.running import run as run_now
    from underpaint_client.client import Client
    from underpaint_client.outputs import check_output
    from underpaint_client.pending import PendingUploads, Recipe, file_sha256
    from underpaint_client.places import state_folder
    from underpaint_client.pushing import deliver, ready
    from underpaint_client.sources import secret_of

    if keep_stego is not None:
        check_output(keep_stego, (Path(secret), Path(cover)), overwrite=force)
    client = Client(
        address,
        identity=identity.load(),
        timeout=timeout,
        retries=retries,
        preshared_key=preshared_key,
    )
    secret_file = secret_of(source(secret, max_bytes=limits.max_file_bytes), limits=limits)
    cover_source = source(cover, max_bytes=limits.max_file_bytes)
    cover_digest = file_sha256(cover_source)
    recipe = Recipe(client.destination, secret_file, cover_digest, tuple(embedding.items()))
    pending = PendingUploads(state_folder() / "pending", warn)

    bars = Bars()

    async def run() -> tuple[Prepared, PushReceipt]:
        async with client:
            prepared = await ready(
                pending,
                recipe,
                lambda: client.prepare(
                    secret_file, cover=cover_source, progress=bars, limits=limits, **embedding
                ),
            )
            if keep_stego is not None:
                _keep(keep_stego, prepared.stego, force=force)
            return prepared, await deliver(client, pending, recipe, prepared, progress=bars)

    try:
        with about(secret, cover), bars:
            done = run_now(run())
    except KeyboardInterrupt:
        raise _interrupted(bars, address.host) from None
    _report(*done, client, as_json=as_json)


@click.command(
    short_help="Check server, key and permission.",
    epilog=options.example("underpaint ping --to home"),
)
@options.to_server
@options.identity
@options.preshared_key
@options.timeout
@options.as_json
def ping(
    address: Address,
    identity: IdentityChoice,
    preshared_key: bytes | None,
    timeout: float,
    as_json: bool,
) -> None:
    """Check that the server is there, is the right one, and knows this identity."""
    from underpaint_client.cli.running import run as run_now
    from underpaint_client.client import Client

    client = Client(address, identity=identity.load(), timeout=timeout, preshared_key=preshared_key)

    async def run() -> float:
        async with client:
            return await client.ping()

    seconds = run_now(run())
    place = f"{client.address.host}:{client.address.port}"
    if as_json:
        print_json({"host": client.address.host, "port": client.address.port, "seconds": seconds})
    else:
        say(f"{place} answers after {seconds * 1000:.1f} ms, and this identity is allowed there")


def _keep(path: Path, stego: bytes, *, force: bool) -> None:
    from underpaint_common.files import write_atomically

    write_atomically(path, [stego], overwrite=force)


def _interrupted(bars: Bars, host: str) -> Interrupted:
    """Say what Ctrl-C left; on this side it is the upload, kept until its receipt comes."""
    if bars.has_begun(Stage.STORE):
        return Interrupted(
            f"interrupted: {host} has all of it, and its receipt did not come yet",
            hint="the same command asks for the receipt; nothing is stored twice",
        )
    return Interrupted(
        f"interrupted: nothing is stored at {host}", hint="the same command goes on with it"
    )


def _report(prepared: Prepared, receipt: PushReceipt, client: Client, *, as_json: bool) -> None:
    report = receipt.report
    for notice in (*prepared.notices, *report.warnings):
        warn(notice)
    seconds = {
        stage: round(value, 4) for stage, value in dataclasses.asdict(receipt.seconds).items()
    }
    if as_json:
        fields = {
            "id": receipt.id,
            "name": receipt.name,
            "media_type": receipt.media_type,
            "bytes": receipt.bytes,
            "sha256": receipt.sha256,
            "received_at": receipt.received_at,
            "stego_bytes": receipt.stego_bytes,
            "mode": report.mode,
            "form": report.form,
            "planes": report.planes,
            "payload_bytes": report.payload_bytes,
            "bits_per_sample": report.bits_per_sample,
            "psnr_db": finite(report.psnr_db),
            "change_rate": report.change_rate,
            "seconds": seconds,
            "notices": prepared.notices,
            "warnings": report.warnings,
        }
        print_json(fields)
        return
    stages = ", ".join(f"{stage} {value:.2f}" for stage, value in seconds.items())
    say(
        f"stored at {client.address.host} as {receipt.name} ({size(receipt.bytes)}), "
        f"receipt {receipt.id}"
    )
    say(
        f"sent {size(receipt.stego_bytes)}, mode {report.mode}, PSNR {decibels(report.psnr_db)}; "
        f"seconds: {stages}"
    )
