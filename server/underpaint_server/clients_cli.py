"""The commands of `underpaintd` about clients: who may push, and who is invited to.

They may run beside the daemon. As in `cli`, each imports what it needs when it runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from underpaint_common.path_type import PathType
from underpaint_common.terminal import print_json
from underpaint_common.units import Seconds, read_quantity
from underpaint_server.cli_options import config_option, example, json_option

if TYPE_CHECKING:
    from underpaint_server.allowed import AllowedFile


def _read_span(_context: click.Context, _parameter: click.Parameter, text: str) -> float:
    try:
        return float(read_quantity(Seconds, text))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command(epilog=example("underpaintd allow alice upub_..."))
@click.argument("name")
@click.argument("key")
@click.option(
    "--psk-file",
    "preshared",
    type=PathType(path_type=Path),
    metavar="FILE",
    help="Let it push only if it knows this key too, made by underpaint keygen --shared.",
)
@click.option("--renew", is_flag=True, help="Give NAME this key instead of the one it had.")
@config_option
def allow(name: str, key: str, preshared: Path | None, renew: bool, config_path: Path) -> None:
    """Let the client with public KEY push, and call it NAME.

    KEY is what `underpaint keygen` prints. A running daemon obeys within a second.
    """
    from underpaint_common.crypto import keyfile, keytext
    from underpaint_common.crypto.keytext import KeyKind

    public_key = keytext.decode(KeyKind.PUBLIC, key)
    secret = None
    if preshared is not None:
        hint = f"run underpaint keygen --shared {preshared}"
        secret = keyfile.read(preshared, KeyKind.SHARED, hint_if_missing=hint)
    is_new = _allowed_file(config_path).allow(name, public_key, secret, renew=renew)
    click.echo(f"{name} may push" if is_new else f"{name} was allowed already")


@click.command(
    short_help="Print a line with which somebody can join once.",
    epilog=example("underpaintd invite alice --host pictures.example.org"),
)
@click.argument("name")
@click.option(
    "--expires",
    default="24 h",
    show_default=True,
    metavar="SPAN",
    callback=_read_span,
    help="It holds for so long.",
)
@click.option("--host", metavar="NAME", help="Name to put in instead of the configured one.")
@json_option
@config_option
def invite(name: str, expires: float, host: str | None, as_json: bool, config_path: Path) -> None:
    """Print a line with which somebody can join once, and be called NAME.

    Hand it over by a way that nobody else reads: until it is used, or expires, whoever has it
    can join with `underpaint join`. A running daemon knows of it within a second;
    `underpaintd revoke NAME` takes it back.
    """
    from underpaint_server.config import load_config
    from underpaint_server.inviting import new_invite
    from underpaint_server.setup import address_of

    address = address_of(load_config(config_path), host=host)
    made = new_invite(_allowed_file(config_path), name, address, expires)
    if as_json:
        fields = {"invite": str(made), "name": name, "until": made.until.isoformat()}
        print_json(fields)
        return
    click.echo(str(made))
    click.echo(
        f"for {name}, once, until {made.until:%Y-%m-%d %H:%M} UTC: underpaint join LINE", err=True
    )


@click.command(epilog=example("underpaintd revoke alice"))
@click.argument("name")
@config_option
def revoke(name: str, config_path: Path) -> None:
    """Let the client NAME push no more, or take its invitation back.

    A running daemon cuts its connections off within a second. What it sent stays.
    """
    _allowed_file(config_path).revoke(name)
    click.echo(f"{name} may push no more")


@click.command(epilog=example("underpaintd clients --json"))
@json_option
@config_option
def clients(as_json: bool, config_path: Path) -> None:
    """List who may push, and who is invited to."""
    from underpaint_server.inviting import described

    rows = described(_allowed_file(config_path).load())
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['name']:<20}  {row['state']:<32}  {row['public_key'] or '-'}")


COMMANDS = (allow, invite, revoke, clients)


def _allowed_file(config_path: Path) -> AllowedFile:
    from underpaint_server.allowed import AllowedFile
    from underpaint_server.config import load_config
    from underpaint_server.state import StateFolder

    state = StateFolder(load_config(config_path).state)
    state.load_identity()
    return AllowedFile(state.allowed)
