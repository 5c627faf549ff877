"""`underpaint remote`: servers by name."""

from __future__ import annotations

import click

from underpaint_client.cli import options
from underpaint_client.cli.output import print_json, say
from underpaint_client.cli.tables import print_table


@click.group(
    epilog=options.example(
        "underpaint remote add home underpaint://HOST:7741/#KEY",
        "underpaint push map.png --cover lake.png --to home",
    )
)
def remote() -> None:
    """Keep servers under names of your own, for --to."""


@remote.command(
    epilog=options.example("underpaint remote add home underpaint://HOST:7741/#KEY --default")
)
@click.argument("name")
@click.argument("address")
@click.option(
    "--default", "as_default", is_flag=True, help="Push there where --to names no server."
)
@click.option("--force", is_flag=True, help="Replace a remote of this name.")
@options.as_json
def add(name: str, address: str, as_default: bool, force: bool, as_json: bool) -> None:
    """Save the server at ADDRESS as NAME.

    Where there is only one remote, it is the default. Quote ADDRESS if your shell takes # for
    the beginning of a comment.
    """
    from underpaint_client.remotes import Remotes

    remotes = Remotes()
    remotes.add(name, address, replace=force, as_default=as_default)
    saved = remotes.all()[name]
    is_default = remotes.default() == name
    if as_json:
        print_json({"name": name, "address": str(saved), "default": is_default})
        return
    say(f"{name} is {saved}" + (", and the default" if is_default else ""))
    say(f"saved in {remotes.path}")


@remote.command("list", epilog=options.example("underpaint remote list --json"))
@options.as_json
def list_(as_json: bool) -> None:
    """List the remotes; the default one has a star."""
    from underpaint_client.remotes import Remotes

    remotes = Remotes()
    default, saved = remotes.default(), remotes.all()
    if as_json:
        rows = [
            {"name": name, "address": str(address), "default": name == default}
            for name, address in saved.items()
        ]
        print_json({"remotes": rows, "path": str(remotes.path)})
    elif saved:
        lines = [(name, "*" * (name == default), str(address)) for name, address in saved.items()]
        print_table([("name", "", "address"), *lines], left=frozenset({0, 1, 2}))
    else:
        say(f"there is no remote in {remotes.path} yet: underpaint remote add NAME ADDRESS")


@remote.command(epilog=options.example("underpaint remote remove home"))
@click.argument("name", shell_complete=options.complete_remotes)
@options.as_json
def remove(name: str, as_json: bool) -> None:
    """Forget the server NAME."""
    from underpaint_client.remotes import Remotes

    remotes = Remotes()
    was_default = remotes.remove(name)
    now = remotes.default()
    if as_json:
        print_json({"name": name, "default": now})
    else:
        say(f"{name} is forgotten" + (f"; the default is now {now or 'none'}" * was_default))
