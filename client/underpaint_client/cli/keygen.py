"""`underpaint keygen`: an identity, or a shared key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from underpaint_client.cli import options
from underpaint_client.cli.output import print_json, say, warn
from underpaint_common.errors import UsageError

if TYPE_CHECKING:
    from underpaint_client.identities import IdentityChoice


@click.command(
    epilog=options.example(
        "underpaint keygen",
        "underpaint keygen --protect",
        "underpaint keygen --show   # the public key once more",
        "underpaint keygen --shared family.key   # for --key-file",
    )
)
@options.identity
@options.protect
@click.option(
    "--shared",
    type=options.path_type,
    metavar="FILE",
    help="Make a key for --key-file, or a pre-shared key for a server, instead.",
)
@click.option(
    "--show", is_flag=True, help="Make nothing: print the public key of the identity there is."
)
@options.as_json
def keygen(
    identity: IdentityChoice, protect: bool, shared: Path | None, show: bool, as_json: bool
) -> None:
    """Make this side's identity and print its public key.

    The file is for you alone (mode 0600) and is never overwritten.
    """
    if show:
        if shared is not None or protect:
            raise UsageError("--show makes no key", hint="leave --shared and --protect away")
        _show(identity, as_json=as_json)
        return
    if shared is not None:
        if identity.named is not None or protect:
            raise UsageError(
                "--shared makes a key that has no identity and takes no passphrase",
                hint="leave --identity and --protect away, or --shared",
            )
        _make_shared(shared, as_json=as_json)
        return
    made = identity.make(protect=protect, warn=warn)
    if as_json:
        place = str(identity.path.absolute())
        print_json({"public_key": made.public_text, "identity": place, "protected": protect})
        return
    say(f"identity written to {identity.path}; this is its public key, for a server's operator:")
    click.echo(made.public_text)
    say(f"the operator allows it with: underpaintd allow NAME {made.public_text}")


def _show(identity: IdentityChoice, *, as_json: bool) -> None:
    public_key = identity.load().public_text
    if as_json:
        print_json({"public_key": public_key, "identity": str(identity.path.absolute())})
    else:
        click.echo(public_key)


def _make_shared(path: Path, *, as_json: bool) -> None:
    from underpaint_common.crypto.stego_key import generate_key_file

    generate_key_file(path)
    if as_json:
        print_json({"key_file": str(path.absolute())})
    else:
        say(f"shared key written to {path}; hand it over by a safe way, and use it with --key-file")
