"""Where connections are accepted, and that it is said: our own address, or sockets handed over."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

from underpaint_common.errors import UsageError, reason_of
from underpaint_common.wire import Address
from underpaint_server.endpoint import Endpoint
from underpaint_server.systemd import inherited_sockets

_BACKLOG = 512


async def listen(
    new_connection: Callable[[], asyncio.BaseProtocol], endpoint: Endpoint
) -> list[asyncio.Server]:
    """Accept connections on an endpoint, or where systemd already listens for us.

    Raises
    ------
    UsageError
        The address cannot be listened on.
    """
    loop = asyncio.get_running_loop()
    inherited = inherited_sockets()
    if inherited:
        return [
            await loop.create_server(new_connection, sock=each, backlog=_BACKLOG)
            for each in inherited
        ]
    try:
        server = await loop.create_server(
            new_connection, endpoint.host, endpoint.port, backlog=_BACKLOG
        )
    except OSError as error:
        raise cannot_listen(endpoint, error) from error
    return [server]


def port_of(servers: list[asyncio.Server]) -> int:
    """Return the port that clients dial."""
    port: int = servers[0].sockets[0].getsockname()[1]
    return port


def cannot_listen(endpoint: Endpoint, error: OSError) -> UsageError:
    """Say in one sentence why an address cannot be listened on."""
    return UsageError(
        f"cannot listen on {endpoint}: {reason_of(error)}",
        hint="another daemon may be running there; --listen HOST:PORT names another place",
    )


def announce(address: Address) -> None:
    """Say on stderr, in one line for people and scripts, where the daemon listens."""
    sys.stderr.write(f"underpaintd: listening on {address}\n")
    sys.stderr.flush()
