"""What becomes of a client that may push no more while it is connected."""

from __future__ import annotations

from collections.abc import Callable

from underpaint_server import log
from underpaint_server.crowd import Crowd
from underpaint_server.permissions import Permissions


def cut_off(crowd: Crowd, permissions: Permissions, then: Callable[[], object]) -> None:
    """End the connections of all that are not allowed by that name any more, and what they began.

    Nothing is waited for: a conversation whose image is being worked on ends with that work, and
    meanwhile there may be others to cut off. Who is about to join has no name yet, and is left to
    `joining`.

    Parameters
    ----------
    crowd : Crowd
        Who is connected.
    permissions : Permissions
        Who may be.
    then : callable
        Called whenever one of their conversations has ended.
    """
    for connection, task in crowd.clients():
        if connection.client and permissions.name_of(connection.peer) != connection.client:
            log.event("cut_off", connection=connection.id, client=connection.client)
            connection.drop()
            task.add_done_callback(lambda _: then())
            task.cancel()
