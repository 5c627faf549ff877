"""Options and arguments that several commands share."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, cast

import click

from underpaint_client.cli import embedding_options
from underpaint_client.cli.embedding_options import Embedding as Embedding
from underpaint_client.cli.option_types import Function, Setting, Whole, quantity, together
from underpaint_client.cli.voice import quiet, say_more, verbose
from underpaint_client.identities import IdentityChoice
from underpaint_common.path_type import PathType
from underpaint_common.units import ByteCount, PixelCount, Seconds

STREAM = "-"
PIXELS, FILE_BYTES, INFLATED_BYTES, TIMEOUT, RETRIES = "128 MP", "512 MiB", "1 GiB", "30 s", 3
"""Values where none are given; `Configuration` has the same, and is too heavy for `--help`."""


path_type = PathType(path_type=Path)
file_or_stream = PathType(allow_dash=True, path_type=str)
folder_type = PathType(path_type=Path, folder=True)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on standard output."
)
as_json = together(json_option, quiet, verbose)

force = click.option("--force", is_flag=True, help="Replace the output file if it exists.")
identity_file = click.option(
    "--identity",
    "identity_file",
    type=path_type,
    metavar="FILE",
    help="This side's identity. Default: $UNDERPAINT_IDENTITY, else that of underpaint config, "
    "else the one keygen made.",
)
identity_passphrase_file = click.option(
    "--identity-passphrase-file",
    type=file_or_stream,
    metavar="FILE",
    help="Read the passphrase of a protected identity from FILE; - is standard input. "
    "Without it: $UNDERPAINT_IDENTITY_PASSPHRASE, else a prompt.",
)
protect = click.option(
    "--protect",
    is_flag=True,
    help="Encrypt the private key under a passphrase of its own, not that of a picture.",
)
max_pixels = click.option(
    "--max-pixels",
    cls=Setting,
    type=quantity(PixelCount),
    default=PIXELS,
    show_default=True,
    metavar="PIXELS",
    help="Refuse larger images before decoding them.",
)
max_bytes = click.option(
    "--max-bytes",
    cls=Setting,
    type=quantity(ByteCount),
    default=FILE_BYTES,
    show_default=True,
    metavar="SIZE",
    help="Refuse larger files.",
)
max_inflated = click.option(
    "--max-inflated",
    cls=Setting,
    type=quantity(ByteCount),
    default=INFLATED_BYTES,
    show_default=True,
    metavar="SIZE",
    help="Refuse what takes more bytes decoded or inflated.",
)
passphrase_file = click.option(
    "--passphrase-file",
    type=file_or_stream,
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


def to_server(function: Function) -> Function:
    """Add `--to`, which names the server; hand it on as the `Address` that is meant."""

    @functools.wraps(function)
    def with_address(*args: Any, to: str | None, **kwargs: Any) -> Any:
        from underpaint_client.remotes import Remotes

        address = Remotes().resolve(to)
        say_more(f"the server is {address}")
        return function(*args, address=address, **kwargs)

    option = click.option(
        "--to",
        cls=Setting,
        metavar="REMOTE",
        shell_complete=complete_remotes,
        help="The server: the name of a remote, or underpaint://HOST:PORT/#KEY. Default: that of "
        "underpaint config, else the only remote there is.",
    )
    return option(cast("Function", with_address))


def complete_remotes(
    _context: click.Context, _parameter: click.Parameter, beginning: str
) -> list[str]:
    """Return the remotes whose names begin so; none where the configuration cannot be read."""
    from underpaint_client.remotes import Remotes
    from underpaint_common.errors import UnderpaintError

    try:
        return [name for name in Remotes().all() if name.startswith(beginning)]
    except UnderpaintError:
        return []


def identity(function: Function) -> Function:
    """Add the options that name this side's identity; hand them on as one `identity`."""

    @functools.wraps(function)
    def with_identity(
        *args: Any, identity_file: Path | None, identity_passphrase_file: str | None, **kwargs: Any
    ) -> Any:
        choice = IdentityChoice(identity_file, identity_passphrase_file)
        return function(*args, identity=choice, **kwargs)

    return together(identity_file, identity_passphrase_file)(cast("Function", with_identity))


def preshared_key(function: Function) -> Function:
    """Add `--psk-file`; hand on the key in it, or None, as `preshared_key`."""

    @functools.wraps(function)
    def with_key(*args: Any, psk_file: Path | None, **kwargs: Any) -> Any:
        return function(*args, preshared_key=_shared_key_in(psk_file), **kwargs)

    option = click.option(
        "--psk-file",
        type=path_type,
        envvar="UNDERPAINT_PSK_FILE",
        metavar="FILE",
        help="The key that underpaintd allow --psk-file was given for this client. "
        "Default: $UNDERPAINT_PSK_FILE, else none.",
    )
    return option(cast("Function", with_key))


def _shared_key_in(path: Path | None) -> bytes | None:
    if path is None:
        return None
    from underpaint_common.crypto.stego_key import load_key_file

    return load_key_file(path)


def limits(function: Function) -> Function:
    """Add the options that bound what files may ask for; hand them on as one `limits`."""

    @functools.wraps(function)
    def with_limits(
        *args: Any, max_pixels: int, max_bytes: int, max_inflated: int, **kwargs: Any
    ) -> Any:
        from underpaint_common.pictures import Limits

        return function(*args, limits=Limits(max_pixels, max_bytes, max_inflated), **kwargs)

    return together(max_pixels, max_bytes, max_inflated)(cast("Function", with_limits))


timeout = click.option(
    "--timeout",
    cls=Setting,
    type=quantity(Seconds),
    default=TIMEOUT,
    show_default=True,
    metavar="TIME",
    help="How long connecting, and any single answer, may take.",
)
retries = click.option(
    "--retries",
    cls=Setting,
    type=Whole(0, 1000),
    default=RETRIES,
    show_default=True,
    metavar="N",
    help="How often a delivery is tried again when the connection breaks or the server is busy.",
)
embedding = together(*embedding_options.ALL)
shared_key = together(passphrase_file, key_file)


def example(*lines: str) -> str:
    """Return the epilog that shows how a command is used."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)
