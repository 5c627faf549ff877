"""What becomes of a client that may push no more while it is connected."""

from __future__ import annotations

import asyncio

from underpaint_server import log
from underpaint_server.crowd import Crowd
from underpaint_server.permissions import Permissions


async def cut_off(crowd: Crowd, permissions: Permissions) -> None:
    """End the connections of all that are not allowed by that name any more, and what they began.

    Who is about to join has no name yet, and is left to `joining`.
    """
    revoked = [
        (connection, task)
        for connection, task in crowd.clients()
        if connection.client and permissions.name_of(connection.peer) != connection.client
    ]
    for connection, task in revoked:
        log.event("cut_off", connection=connection.id, client=connection.client)
        connection.drop()
        task.cancel()
    await asyncio.gather(*(task for _, task in revoked), return_exceptions=True)
