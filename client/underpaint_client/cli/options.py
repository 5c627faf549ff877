"""Options and arguments that several commands share, and the types behind them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Function = TypeVar("Function", bound=Callable[..., Any])

STREAM = "-"
path_type = click.Path(path_type=Path)

as_json = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on standard output."
)
force = click.option("--force", is_flag=True, help="Replace the output file if it exists.")
identity = click.option(
    "--identity",
    type=path_type,
    metavar="FILE",
    help="This side's identity. Default: $UNDERPAINT_IDENTITY, else the one keygen made.",
)
to_server = click.option(
    "--to",
    "address",
    required=True,
    metavar="ADDRESS",
    help="The server: underpaint://HOST:PORT/#KEY, as underpaintd init prints it.",
)
mode = click.option(
    "--mode",
    type=click.Choice(["auto", "classic", "planes"]),
    default="auto",
    show_default=True,
    help="How to embed: planes takes any file and as few bit planes as fit; "
    "classic writes the secret's pixels into the low planes in order.",
)
planes = click.option(
    "--planes",
    type=click.IntRange(1, 8),
    metavar="K",
    help="Bit planes: exactly K in classic, at most K in planes.",
)
passphrase_file = click.option(
    "--passphrase-file",
    metavar="FILE",
    help="Read the passphrase from FILE; - is standard input. "
    "Without any key: $UNDERPAINT_PASSPHRASE, else a prompt.",
)
key_file = click.option(
    "--key-file",
    type=path_type,
    metavar="FILE",
    help="Use a key made by underpaint keygen --shared.",
)


def together(*options: Callable[[Function], Function]) -> Callable[[Function], Function]:
    """Return one decorator for several options, shown in this order."""

    def decorate(function: Function) -> Function:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


embedding = together(mode, planes)
shared_key = together(passphrase_file, key_file)


def example(*lines: str) -> str:
    """Return the epilog that shows how a command is used."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)
