"""The `underpaintd` command line.

Only what parses the call is imported here; each command imports what it needs when it runs,
so that `--help` answers at once.
"""

from __future__ import annotations

from pathlib import Path

import click

from underpaint_common import __version__
from underpaint_common.completion import completion_command
from underpaint_common.path_type import PathType
from underpaint_common.terminal import exit_code_table, on_one_line, print_json
from underpaint_server import clients_cli, copying_cli, store_cli
from underpaint_server.cli_options import config_option, example, json_option
from underpaint_server.endpoint import DEFAULT_PORT, Endpoint


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


for _command in (*clients_cli.COMMANDS, *store_cli.COMMANDS, *copying_cli.COMMANDS):
    cli.add_command(_command)
cli.add_command(completion_command("underpaintd"))


@cli.command(epilog=example("underpaintd init /srv/underpaint --host pictures.example.org"))
@click.argument("folder", metavar="DIR", type=PathType(path_type=Path, folder=True))
@click.option("--host", metavar="NAME", help="Name under which clients reach this host.")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    callback=_read_endpoint,
    help=f"Where to accept connections. [default: port {DEFAULT_PORT}, on 127.0.0.1 alone "
    "unless --host names another host, then on every IPv4 address]",
)
@click.option(
    "--metrics",
    metavar="HOST:PORT",
    callback=_read_endpoint,
    help="Where to show metrics and health. [default: nowhere]",
)
def init(folder: Path, host: str | None, listen: Endpoint | None, metrics: Endpoint | None) -> None:
    """Make a new server in DIR and print its address line.

    DIR gets server.yaml and the state folder; nothing that exists is overwritten. The address
    line is what clients put after --to: it holds the server's public key.
    """
    from underpaint_server.setup import new_server

    server = new_server(folder, host=host, listen=listen, metrics=metrics)
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


@cli.command(
    short_help="Check the configuration and print it.",
    epilog=example("underpaintd check --config /srv/underpaint/server.yaml"),
)
@json_option
@config_option
def check(as_json: bool, config_path: Path) -> None:
    """Check the configuration, and print all of it as it takes effect.

    What is not understood is an error. What is allowed and may surprise you, such as a missing
    state folder, is a warning on stderr.
    """
    from underpaint_server import checking
    from underpaint_server.config import load_config

    config = load_config(config_path)
    for caution in checking.cautions(config):
        click.echo(f"warning: {on_one_line(caution)}", err=True)
    if as_json:
        print_json(checking.effective(config))
    else:
        click.echo(checking.as_yaml(config), nl=False)


@cli.command(epilog=example("underpaintd address --host pictures.example.org"))
@click.option("--host", metavar="NAME", help="Name to put in instead of the configured one.")
@json_option
@config_option
def address(host: str | None, as_json: bool, config_path: Path) -> None:
    """Print the address line that clients put after --to."""
    from underpaint_server.config import load_config
    from underpaint_server.setup import address_of

    line = str(address_of(load_config(config_path), host=host))
    if as_json:
        print_json({"address": line})
    else:
        click.echo(line)
