"""`underpaint join`: from an invitation to a server that can be pushed to."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from underpaint_client.cli import options
from underpaint_client.cli.output import print_json, say, warn

if TYPE_CHECKING:
    from underpaint_client.identities import IdentityChoice
    from underpaint_common.crypto.identity import Identity

_MOST_CHARACTERS = 4096


@click.command(
    short_help="Become a client of a server by an invitation.",
    epilog=options.example(
        "underpaint join underpaint-invite://HOST:7741/NAME/20260501T120000Z#KEY.TOKEN",
        "underpaint join -   # paste the line, then Ctrl-D: it stays out of the shell's history",
    ),
)
@click.argument("line", metavar="LINE")
@click.option(
    "--as", "remote", metavar="NAME", help="Save the server as NAME. Default: its host's name."
)
@options.identity
@options.protect
@options.timeout
@options.as_json
def join(
    line: str,
    remote: str | None,
    identity: IdentityChoice,
    protect: bool,
    timeout: float,
    as_json: bool,
) -> None:
    """Use the invitation LINE once: be allowed at its server, and save that as a remote.

    LINE is what `underpaintd invite` printed; - reads it from standard input. An identity is
    made where there is none. Interrupted, it can be done again.
    """
    from underpaint_client import joining
    from underpaint_client.cli.output import refuse_mixed_stdin
    from underpaint_client.remotes import Remotes
    from underpaint_common.wire.invite import Invite

    refuse_mixed_stdin(line, identity.passphrase_file)
    invite = Invite.parse(sys.stdin.read(_MOST_CHARACTERS) if line == options.STREAM else line)
    remotes = Remotes()
    joining.remote_name(remotes.all(), invite.address, remote)  # a wanted one may be taken
    who = _identity(identity, protect=protect, as_json=as_json)
    joining.join(invite, who, timeout=timeout)
    name = remotes.add_by(
        lambda saved: joining.remote_name(saved, invite.address, remote), invite.address
    )
    if as_json:
        fields = {
            "name": invite.name,
            "remote": name,
            "address": str(invite.address),
            "public_key": who.public_text,
            "identity": str(identity.path.absolute()),
        }
        print_json(fields)
        return
    say(f"you are {invite.name} at {invite.address.host} from now on")
    say(f"push with: underpaint push SECRET --cover COVER --to {name}")


def _identity(identity: IdentityChoice, *, protect: bool, as_json: bool) -> Identity:
    if identity.path.exists():
        return identity.load()
    made = identity.make(protect=protect, warn=warn)
    if not as_json:
        say(f"identity written to {identity.path}")
    return made
