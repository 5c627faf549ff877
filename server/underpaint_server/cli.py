"""The `underpaintd` command line.

Only what parses the call is imported here; each command imports what it needs when it runs,
so that `--help` answers at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from underpaint_common import __version__
from underpaint_common.terminal import exit_code_table, printable
from underpaint_server import store_cli
from underpaint_server.cli_options import config_option, example, json_option
from underpaint_server.endpoint import DEFAULT_PORT, Endpoint

if TYPE_CHECKING:
    from underpaint_server.allowed import AllowedFile


def _read_endpoint(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> Endpoint | None:
    try:
        return None if text is None else Endpoint.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.group(
    epilog="\b\nExit codes:\n" + exit_code_table() + "\n\n" + example("underpaintd init /srv/up"),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(
    __version__, "--version", prog_name="underpaintd", message="%(prog)s %(version)s"
)
def cli() -> None:
    """Receive hidden images: find what is in them, keep it, and confirm it.

    Five minutes to a running server: init, allow, serve.
    """


for _command in store_cli.COMMANDS:
    cli.add_command(_command)


@cli.command(epilog=example("underpaintd init /srv/underpaint --host pictures.example.org"))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--host", metavar="NAME", help="Name under which clients reach this host.")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    callback=_read_endpoint,
    help=f"Where to accept connections. [default: port {DEFAULT_PORT}, on 127.0.0.1 alone "
    "unless --host names another host, then on every IPv4 address]",
)
def init(folder: Path, host: str | None, listen: Endpoint | None) -> None:
    """Make a new server in DIR and print its address line.

    DIR gets server.yaml and the state folder; nothing that exists is overwritten. The address
    line is what clients put after --to: it holds the server's public key.
    """
    from underpaint_server.setup import new_server

    server = new_server(folder, host=host, listen=listen)
    click.echo(server.address)
    if server.is_local:
        click.echo(
            "hint: only this machine can reach this address; --host NAME makes one for others",
            err=True,
        )


@cli.command(epilog=example("underpaintd serve --config /srv/underpaint/server.yaml"))
@config_option
@click.option(
    "--listen",
    metavar="HOST:PORT",
    callback=_read_endpoint,
    help="Listen here instead; port 0 picks a free one.",
)
def serve(config_path: Path, listen: Endpoint | None) -> None:
    """Receive images until SIGTERM or Ctrl-C.

    One line on stderr says the real address when the daemon is ready. Uploads in progress
    may finish on SIGTERM; a second one ends the daemon at once. SIGHUP reads the configuration
    again: limits, logging and on_received change without dropping a connection.
    """
    from underpaint_server.config import load_config
    from underpaint_server.serve import serve as run

    config = load_config(config_path)
    run(config if listen is None else config.listening_on(listen), source=config_path)


@cli.command(epilog=example("underpaintd check --config /srv/underpaint/server.yaml"))
@json_option
@config_option
def check(as_json: bool, config_path: Path) -> None:
    """Check the configuration, and print all of it as it takes effect.

    What is not understood is an error. What is allowed and may surprise you, such as a missing
    state folder, is a warning on stderr.
    """
    import json

    from underpaint_server import checking
    from underpaint_server.config import load_config

    config = load_config(config_path)
    for caution in checking.cautions(config):
        click.echo(f"warning: {printable(caution)}", err=True)
    if as_json:
        click.echo(json.dumps(checking.effective(config)))
    else:
        click.echo(checking.as_yaml(config), nl=False)


@cli.command(epilog=example("underpaintd allow alice upub_..."))
@click.argument("name")
@click.argument("key")
@config_option
def allow(name: str, key: str, config_path: Path) -> None:
    """Let the client with public KEY push, and call it NAME.

    KEY is what `underpaint keygen` prints. A running daemon obeys within a second.
    """
    from underpaint_common.crypto import keytext

    public_key = keytext.decode(keytext.KeyKind.PUBLIC, key)
    is_new = _allowed_file(config_path).allow(name, public_key)
    click.echo(f"{name} may push" if is_new else f"{name} was allowed already")


@cli.command(epilog=example("underpaintd revoke alice"))
@click.argument("name")
@config_option
def revoke(name: str, config_path: Path) -> None:
    """Let the client NAME push no more.

    A running daemon cuts its connections off within a second. What it sent stays.
    """
    _allowed_file(config_path).revoke(name)
    click.echo(f"{name} may push no more")


@cli.command(epilog=example("underpaintd address --host pictures.example.org"))
@click.option("--host", metavar="NAME", help="Name to put in instead of the configured one.")
@config_option
def address(host: str | None, config_path: Path) -> None:
    """Print the address line that clients put after --to."""
    from underpaint_server.config import load_config
    from underpaint_server.setup import address_of

    click.echo(address_of(load_config(config_path), host=host))


def _allowed_file(config_path: Path) -> AllowedFile:
    from underpaint_server.allowed import AllowedFile
    from underpaint_server.config import load_config
    from underpaint_server.state import StateFolder

    state = StateFolder(load_config(config_path).state)
    state.load_identity()
    return AllowedFile(state.allowed)
