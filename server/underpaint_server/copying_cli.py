"""`underpaintd backup` and `underpaintd restore`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from underpaint_common.path_type import PathType
from underpaint_common.terminal import on_one_line
from underpaint_server.cli_options import config_option, example

if TYPE_CHECKING:
    from underpaint_server.copying import Copied


@click.command(
    short_help="Copy the whole server to DIR, while it runs.",
    epilog=example("underpaintd backup /backup/underpaint"),
)
@click.argument("folder", metavar="DIR", type=PathType(path_type=Path, folder=True))
@config_option
def backup(folder: Path, config_path: Path) -> None:
    """Copy the whole server to DIR, while it runs: secrets, catalog, allowed clients, identity.

    Every file is compared with its receipt on the way. Done again on the same DIR, only what is
    new is copied. Keep DIR as safe as the server: it holds the private key, and secrets in clear.
    """
    from underpaint_server.copying import back_up

    _report(back_up(config_path, folder), f"backed up to {folder}")


@click.command(
    short_help="Make DIR the server that BACKUP is a copy of.",
    epilog=example("underpaintd restore /backup/underpaint /srv/underpaint"),
)
@click.argument("backup_folder", metavar="BACKUP", type=PathType(path_type=Path, folder=True))
@click.argument("folder", metavar="DIR", type=PathType(path_type=Path, folder=True))
def restore(backup_folder: Path, folder: Path) -> None:
    """Make DIR the server that BACKUP is a copy of; nothing in DIR is overwritten.

    Every file is compared with its receipt on the way. Clients notice nothing, and what arrived
    after the backup is missing.
    """
    from underpaint_server.copying import restore as run

    _report(run(backup_folder, folder), f"restored to {folder}")


def _report(done: Copied, what: str) -> None:
    from underpaint_common.errors import SomeFailed

    click.echo(
        f"{on_one_line(what)}: {done.secrets:,} secrets, "
        f"{done.new_files:,} files with {done.new_bytes:,} bytes copied now"
    )
    for failure in done.failures:
        click.echo(on_one_line(failure.message), err=True)
    if done.failures:
        raise SomeFailed(
            f"{len(done.failures)} of the secrets could not be copied",
            hint="underpaintd verify tells what is wrong",
        )


COMMANDS: tuple[click.Command, ...] = (backup, restore)
