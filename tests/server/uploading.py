"""A client that uploads, and the spool's file for it, without a socket or a disk that is slow."""

from __future__ import annotations

import asyncio
from typing import Any

from underpaint_server.spool import Spool
from underpaint_server.spool_file import SpoolFile

ALICE, UPLOAD = b"a" * 32, b"u" * 16


class Sender:
    """A client's connection: what is said comes through it, and it keeps what it is sent."""

    id, peer, client, uploading = "c1", ALICE, "alice", False

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self._said: asyncio.Queue[Any] = asyncio.Queue()

    def say(self, *items: Any) -> None:
        """Let messages or bytes come; an error breaks the connection."""
        for item in items:
            self._said.put_nowait(item)

    def expect_data(self, record_bytes: int) -> None:
        pass

    async def receive(self) -> Any:
        item = await self._said.get()
        if isinstance(item, Exception):
            raise item
        return item

    async def send(self, message: Any) -> None:
        self.heard.append(message)


def resumed(spool: Spool, client_key: bytes, upload_id: bytes) -> SpoolFile:
    file = spool.file_of(client_key, upload_id)
    file.resume()
    return file


async def until(condition: Any) -> None:
    """Wait until something is so; a test's own timeout ends what never is."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)
