"""`underpaint keygen`: an identity, or a shared key."""

from __future__ import annotations

from pathlib import Path

import click

from underpaint_client.cli import options
from underpaint_client.cli.output import print_json, say
from underpaint_common.errors import UsageError


@click.command(
    epilog=options.example(
        "underpaint keygen", "underpaint keygen --shared family.key   # for --key-file"
    )
)
@options.identity
@click.option(
    "--shared", type=options.path_type, metavar="FILE", help="Make a key for --key-file instead."
)
@options.as_json
def keygen(identity: Path | None, shared: Path | None, as_json: bool) -> None:
    """Make this side's identity and print its public key.

    The file is for you alone (mode 0600) and is never overwritten.
    """
    if shared is not None:
        if identity is not None:
            raise UsageError("--identity and --shared make different keys", hint="give one of them")
        _make_shared(shared, as_json=as_json)
        return
    from underpaint_client.places import identity_path
    from underpaint_common.crypto.identity import Identity

    path = identity_path(identity)
    made = Identity.generate()
    made.save(path)
    if as_json:
        print_json({"public_key": made.public_text, "identity": str(path.absolute())})
        return
    say(f"identity written to {path}; this is its public key, for the operator of a server:")
    click.echo(made.public_text)
    say(f"the operator allows it with: underpaintd allow NAME {made.public_text}")


def _make_shared(path: Path, *, as_json: bool) -> None:
    from underpaint_common.crypto.stego_key import generate_key_file

    generate_key_file(path)
    if as_json:
        print_json({"key_file": str(path.absolute())})
    else:
        say(f"shared key written to {path}; hand it over by a safe way, and use it with --key-file")
