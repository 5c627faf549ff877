"""Who may push, as the running daemon knows it: the allowed file, looked at all the time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

from underpaint_common.errors import LocalFileError
from underpaint_server import log
from underpaint_server.allowed import AllowedClients, AllowedFile
from underpaint_server.workers import Workers

_LOOK_SECONDS = 0.25


class Permissions:
    """The list of allowed clients, kept up to date.

    Parameters
    ----------
    file : AllowedFile
        Where the list is; a list that cannot be read changes nothing.

    Raises
    ------
    LocalFileError
        It cannot be read at the start.
    """

    def __init__(self, file: AllowedFile) -> None:
        self._file = file
        self._clients: AllowedClients = file.load()

    def is_allowed(self, public_key: bytes) -> bool:
        """Tell whether the client with this key may push."""
        return public_key in self._clients

    def name_of(self, public_key: bytes) -> str | None:
        """Return the name under which a key is allowed, or None."""
        return self._clients.name_of(public_key)

    async def changes(self, workers: Workers) -> AsyncIterator[None]:
        """Yield whenever the list has become another."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            if not self._file.changed():
                continue
            try:
                self._clients = await workers.on_file(self._file.load)
            except LocalFileError as error:
                log.event("allowed_unreadable", logging.ERROR, reason=error.message)
                continue
            log.event("allowed_changed", clients=len(self._clients.names))
            yield
