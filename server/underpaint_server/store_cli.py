"""The commands of `underpaintd` that look after what was received.

They may run beside the daemon. As in `cli`, each imports what it needs when it runs.
"""

from __future__ import annotations

from pathlib import Path

import click

from underpaint_common.path_type import PathType
from underpaint_common.terminal import on_one_line, print_json, print_name, printable
from underpaint_server.cli_options import config_option, example, json_option


@click.command("list", epilog=example("underpaintd list --client alice --since '7 d' --json"))
@click.option("--client", metavar="NAME", help="Only what this client sent.")
@click.option(
    "--since", metavar="WHEN", help="Only from then on: 2025-01-31, 2025-01-31T12:00, or '12 h'."
)
@click.option("--name", metavar="PATTERN", help="Only names that match, such as '*.png'.")
@json_option
@config_option
def list_(
    client: str | None, since: str | None, name: str | None, as_json: bool, config_path: Path
) -> None:
    """List what was received, oldest first."""
    import msgspec

    from underpaint_server.catalog import Selection
    from underpaint_server.config import load_config
    from underpaint_server.listing import as_table, received
    from underpaint_server.moments import read_moment

    selection = Selection(client, None if since is None else read_moment(since), name)
    rows = received(load_config(config_path), selection)
    if as_json:
        print_json(msgspec.to_builtins(rows))
    else:
        click.echo(as_table(rows), nl=False)


@click.command(epilog=example("underpaintd show 00c0ffee00c0ffee"))
@click.argument("id_", metavar="ID")
@json_option
@config_option
def show(id_: str, as_json: bool, config_path: Path) -> None:
    """Show all that is known of one received secret."""
    import msgspec

    from underpaint_server.config import load_config
    from underpaint_server.listing import as_lines, details

    found = details(load_config(config_path), id_)
    if as_json:
        print_json(msgspec.to_builtins(found))
    else:
        click.echo(as_lines(found), nl=False)


@click.command(
    short_help="Copy secrets to DIR, checked on the way.",
    epilog=example("underpaintd export --all /backup/secrets"),
)
@click.argument("words", metavar="[ID] DIR", nargs=-1, required=True)
@click.option("--all", "everything", is_flag=True, help="Every secret, in a folder a client.")
@config_option
def export(words: tuple[str, ...], everything: bool, config_path: Path) -> None:
    """Copy the secret ID, or all of them, to DIR, and check each on the way.

    Prints the paths. Nothing in DIR is overwritten.
    """
    from underpaint_common.errors import (
        LocalFileError,
        SomeFailed,
        UnderpaintError,
        UsageError,
    )
    from underpaint_server import exporting
    from underpaint_server.config import load_config
    from underpaint_server.opened import opened

    if len(words) != (1 if everything else 2):
        raise UsageError("export takes ID DIR, or --all DIR")
    folder: Path = PathType(path_type=Path, folder=True).convert(words[-1], None, None)
    if not folder.is_dir():
        raise LocalFileError(f"there is no folder {folder}", hint="make it first")
    with opened(load_config(config_path)) as here:
        if not everything:
            print_name(exporting.export(here, here.entry(words[0]), folder))
            return
        failed = 0
        for result in exporting.export_all(here, folder):
            if isinstance(result, UnderpaintError):
                failed += 1
                click.echo(on_one_line(result.message), err=True)
            else:
                print_name(result)
    if failed:
        raise SomeFailed(f"{failed} of the secrets could not be exported")


@click.command(epilog=example("underpaintd remove 00c0ffee00c0ffee"))
@click.argument("id_", metavar="ID")
@click.option(
    "--forget", is_flag=True, help="Forget the upload as well: sent again, it would be kept again."
)
@config_option
def remove(id_: str, forget: bool, config_path: Path) -> None:
    """Remove one received secret for good.

    A client that missed its receipt and sends the same upload again gets that receipt for
    another 90 days; nothing comes back.
    """
    from underpaint_server.config import load_config
    from underpaint_server.opened import opened

    with opened(load_config(config_path)) as here:
        entry = here.entry(id_)
        here.inbox.remove(entry, forget=forget)
    click.echo(on_one_line(f"{entry.name} of {entry.client} is removed"))


@click.command(
    short_help="Compare every file with what was received.",
    epilog=example("underpaintd verify --repair"),
)
@click.option(
    "--repair",
    is_flag=True,
    help="Remove rows without a sound file; move changed and unknown files out of the inbox.",
)
@json_option
@config_option
def verify(repair: bool, as_json: bool, config_path: Path) -> None:
    """Compare every file with what was received, and find what is lost or does not belong.

    Ends with exit code 10 when something is wrong and was not repaired.
    """
    import msgspec

    from underpaint_common.errors import ExitCode, SomeFailed
    from underpaint_server import verifying
    from underpaint_server.config import load_config
    from underpaint_server.opened import opened

    with opened(load_config(config_path)) as here:
        findings = list(verifying.verify(here, repair=repair))
    if as_json:
        print_json(msgspec.to_builtins(findings))
    else:
        click.echo(verifying.as_text(findings), nl=False)
    if any(finding.repaired is None for finding in findings):
        # With --json stdout holds the findings already: an error object would be a second one.
        if as_json:
            click.get_current_context().exit(ExitCode.SOME_FAILED)
        hint = None if repair else "underpaintd verify --repair"
        raise SomeFailed("not all is as it should be", hint=hint)


@click.command(
    short_help="Tell how the server is and what it keeps.", epilog=example("underpaintd status")
)
@json_option
@config_option
def status(as_json: bool, config_path: Path) -> None:
    """Tell how the server is: running or not, what it keeps, what is unfinished."""
    import msgspec

    from underpaint_server.config import load_config
    from underpaint_server.status import as_text, status_of

    now = status_of(load_config(config_path))
    if as_json:
        print_json(msgspec.to_builtins(now))
    else:
        click.echo(printable(as_text(now)), nl=False)


COMMANDS: tuple[click.Command, ...] = (list_, show, export, remove, verify, status)
