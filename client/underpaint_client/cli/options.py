"""Options and arguments that several commands share, and the types behind them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict, TypeVar, cast

import click

from underpaint_client.identities import IdentityChoice
from underpaint_common.units import ByteCount, PixelCount, Quantity, read_quantity

Function = TypeVar("Function", bound=Callable[..., Any])

STREAM = "-"
PIXELS, FILE_BYTES, INFLATED_BYTES = "128 MP", "512 MiB", "1 GiB"
"""Limits where none are given; `pictures.Limits` has the same, and is too heavy for `--help`."""


class Embedding(TypedDict):
    """How a secret is hidden: what `embedding` hands to a command."""

    mode: str
    planes: int | None
    form: str | None
    keep_metadata: bool


def quantity(kind: type[Quantity]) -> Callable[[str], Quantity]:
    """Return the type of an option's value with a unit, such as ``128 MP``."""

    def read(text: str) -> Quantity:
        try:
            return read_quantity(kind, text)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error

    return read


path_type = click.Path(path_type=Path)

as_json = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on standard output."
)
force = click.option("--force", is_flag=True, help="Replace the output file if it exists.")
identity_file = click.option(
    "--identity",
    "identity_file",
    type=path_type,
    metavar="FILE",
    help="This side's identity. Default: $UNDERPAINT_IDENTITY, else the one keygen made.",
)
identity_passphrase_file = click.option(
    "--identity-passphrase-file",
    metavar="FILE",
    help="Read the passphrase of a protected identity from FILE; - is standard input. "
    "Without it: $UNDERPAINT_IDENTITY_PASSPHRASE, else a prompt.",
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
form = click.option(
    "--form",
    type=click.Choice(["file", "compact", "pixels"]),
    help="How the secret travels: file keeps its bytes (the default), compact its pixels in "
    "whatever coding is smallest, pixels their raw values (the default in classic).",
)
keep_metadata = click.option(
    "--keep-metadata",
    is_flag=True,
    help="Keep the cover's EXIF data, which may tell place and time.",
)
max_pixels = click.option(
    "--max-pixels",
    type=quantity(PixelCount),
    default=PIXELS,
    show_default=True,
    metavar="PIXELS",
    help="Refuse larger images before decoding them.",
)
max_bytes = click.option(
    "--max-bytes",
    type=quantity(ByteCount),
    default=FILE_BYTES,
    show_default=True,
    metavar="SIZE",
    help="Refuse larger files.",
)
max_inflated = click.option(
    "--max-inflated",
    type=quantity(ByteCount),
    default=INFLATED_BYTES,
    show_default=True,
    metavar="SIZE",
    help="Refuse what takes more bytes decoded or inflated.",
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


def identity(function: Function) -> Function:
    """Add the options that name this side's identity; hand them on as one `identity`."""

    @functools.wraps(function)
    def with_identity(
        *args: Any, identity_file: Path | None, identity_passphrase_file: str | None, **kwargs: Any
    ) -> Any:
        choice = IdentityChoice(identity_file, identity_passphrase_file)
        return function(*args, identity=choice, **kwargs)

    return together(identity_file, identity_passphrase_file)(cast("Function", with_identity))


def limits(function: Function) -> Function:
    """Add the options that bound what files may ask for; hand them on as one `limits`."""

    @functools.wraps(function)
    def with_limits(
        *args: Any, max_pixels: int, max_bytes: int, max_inflated: int, **kwargs: Any
    ) -> Any:
        from underpaint_common.pictures import Limits

        return function(*args, limits=Limits(max_pixels, max_bytes, max_inflated), **kwargs)

    return together(max_pixels, max_bytes, max_inflated)(cast("Function", with_limits))


embedding = together(mode, planes, form, keep_metadata)
shared_key = together(passphrase_file, key_file)


def example(*lines: str) -> str:
    """Return the epilog that shows how a command is used."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)
