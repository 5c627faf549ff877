"""`underpaint ping`: is the server there, and does it know us."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from underpaint_client.cli import options
from underpaint_client.cli.output import print_json, say

if TYPE_CHECKING:
    from underpaint_client.identities import IdentityChoice
    from underpaint_common.wire import Address


@click.command(
    short_help="Check server, key and permission.",
    epilog=options.example("underpaint ping --to home"),
)
@options.to_server
@options.identity
@options.preshared_key
@options.timeout
@options.as_json
def ping(
    address: Address,
    identity: IdentityChoice,
    preshared_key: bytes | None,
    timeout: float,
    as_json: bool,
) -> None:
    """Check that the server is there, is the right one, and knows this identity."""
    from underpaint_client.cli.running import run as run_now
    from underpaint_client.client import Client

    client = Client(address, identity=identity.load(), timeout=timeout, preshared_key=preshared_key)

    async def run() -> float:
        async with client:
            return await client.ping()

    seconds = run_now(run())
    place = f"{client.address.host}:{client.address.port}"
    if as_json:
        print_json({"host": client.address.host, "port": client.address.port, "seconds": seconds})
    else:
        say(f"{place} answers after {seconds * 1000:.1f} ms, and this identity is allowed there")
