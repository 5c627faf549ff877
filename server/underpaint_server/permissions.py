"""Who may push, as the running daemon knows it: the allowed file, looked at all the time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from underpaint_common.errors import LocalFileError
from underpaint_server import log
from underpaint_server.allowed import AllowedFile
from underpaint_server.clients import AllowedClients
from underpaint_server.workers import Workers

_LOOK_SECONDS = 0.2
_AGAIN_SECONDS = 1.0


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
        self._reading = asyncio.Lock()
        self._clients: AllowedClients = file.load()

    def is_allowed(self, public_key: bytes) -> bool:
        """Tell whether the client with this key may push."""
        return public_key in self._clients

    def name_of(self, public_key: bytes) -> str | None:
        """Return the name under which a key is allowed, or None."""
        return self._clients.name_of(public_key)

    def preshared_key_of(self, public_key: bytes) -> bytes | None:
        """Return the 32 bytes that a client must know besides its key, if it must."""
        return self._clients.preshared_key_of(public_key)

    def token_of(self, public_key: bytes, invitation: bytes) -> bytes | None:
        """Return the token of an invitation, 32 bytes, if it holds for this key, or None."""
        client = self._clients.may_join(invitation, public_key, datetime.now(UTC))
        return client.invitation.token if client and client.invitation else None

    async def join(self, invitation: bytes, public_key: bytes, workers: Workers) -> str | None:
        """Write down who came with an invitation; return its name, or None if it may not push.

        Raises
        ------
        LocalFileError
            The list cannot be read or written; nobody has joined.
        """
        # Through a file object of its own: what `changes` has not seen yet stays unseen.
        file = self._file.again()
        name = await workers.on_file(file.join, invitation, public_key)
        await self._read(file, workers)
        # Whoever was revoked in between was not yet known by that name: nobody cuts it off.
        return name if self.name_of(public_key) == name else None

    async def changes(self, workers: Workers) -> AsyncIterator[None]:
        """Yield whenever the list has become another.

        One that cannot be read is read again until it can be: it may hold a revocation.
        """
        told = ""
        while True:
            await asyncio.sleep(_AGAIN_SECONDS if told else _LOOK_SECONDS)
            if not self._file.changed():
                continue
            try:
                await self._read(self._file, workers)
            except LocalFileError as error:
                if error.message != told:
                    log.event("allowed_unreadable", logging.ERROR, reason=error.message)
                told = error.message
                continue
            told = ""
            clients, invited = len(self._clients.names), len(self._clients.invited)
            log.event("allowed_changed", clients=clients, invitations=invited)
            yield

    async def _read(self, file: AllowedFile, workers: Workers) -> None:
        # One at a time: what was read earlier must not take the place of what was read later.
        async with self._reading:
            self._clients = await workers.on_file(file.load)
