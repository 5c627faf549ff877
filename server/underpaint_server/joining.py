"""A client that comes with an invitation: written down before anything is answered."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine

from underpaint_common.errors import LocalFileError
from underpaint_server import log
from underpaint_server.connection import Connection
from underpaint_server.permissions import Permissions
from underpaint_server.workers import Workers


async def join(
    connection: Connection,
    invitation: bytes,
    permissions: Permissions,
    workers: Workers,
    welcome: Callable[[str], None],
    converse: Callable[[], Coroutine[None, None, None]],
) -> None:
    """Make a connection's peer a client, then hold its conversation.

    Whoever the invitation does not hold for sees a close without a word, as any stranger does.

    Parameters
    ----------
    connection : Connection
        Its peer has shown that it holds its key and knows the invitation's token.
    invitation : bytes
        The invitation's id.
    permissions : Permissions
        Where clients are written down.
    workers : Workers
        The threads for that.
    welcome : callable
        Is told the name before the conversation begins.
    converse : callable
        Begins what is said afterwards.
    """
    name = await _name_of(connection, invitation, permissions, workers)
    if name is None:
        connection.drop()
        return
    welcome(name)
    await converse()


async def _name_of(
    connection: Connection, invitation: bytes, permissions: Permissions, workers: Workers
) -> str | None:
    try:
        name = await permissions.join(invitation, connection.peer, workers)
    except (LocalFileError, OSError) as error:
        log.event("join_failed", logging.ERROR, connection=connection.id, reason=str(error))
        return None
    if name is None:
        log.event("join_refused", logging.WARNING, connection=connection.id)
    else:
        log.event("joined", connection=connection.id, client=name, peer=connection.address)
    return name
