"""`underpaintd status`: how a server is, told from its state folder."""

from __future__ import annotations

import msgspec

from underpaint_server.allowed import AllowedFile
from underpaint_server.config import Config
from underpaint_server.opened import opened
from underpaint_server.spool import Spool
from underpaint_server.state import StateFolder


class ClientStatus(msgspec.Struct, frozen=True):
    """What is kept of one client's; one that is revoked may still have something here."""

    client: str
    allowed: bool
    secrets: int
    bytes: int


class Status(msgspec.Struct, frozen=True):
    """How the server is, with the names of `status --json`."""

    running: bool
    state: str
    secrets: int
    bytes: int
    unfinished_uploads: int
    unfinished_bytes: int
    free_bytes: int
    clients: list[ClientStatus]


def status_of(config: Config) -> Status:
    """Look at a server's state folder.

    Raises
    ------
    LocalFileError
        There is none, or it cannot be read.
    """
    with opened(config) as here:
        holdings, free = here.catalog.holdings(), here.store.free_bytes()
    state = StateFolder(config.state)
    allowed = set(AllowedFile(state.allowed).load().names.values())
    spooled = Spool(state.spool).sizes()
    clients = [
        ClientStatus(
            name,
            name in allowed,
            holdings[name].secrets if name in holdings else 0,
            holdings[name].kept_bytes if name in holdings else 0,
        )
        for name in sorted(allowed | set(holdings))
    ]
    return Status(
        running=state.is_locked(),
        state=str(state.root),
        secrets=sum(client.secrets for client in clients),
        bytes=sum(client.bytes for client in clients),
        unfinished_uploads=len(spooled),
        unfinished_bytes=sum(spooled),
        free_bytes=free,
        clients=clients,
    )


def as_text(status: Status) -> str:
    """Return the status for people, a line each."""
    lines = [
        "running" if status.running else "not running",
        f"state folder {status.state}, {status.free_bytes:,} bytes free",
        f"{status.secrets:,} secrets, {status.bytes:,} bytes kept",
        f"{status.unfinished_uploads:,} unfinished uploads, {status.unfinished_bytes:,} bytes",
    ]
    for client in status.clients:
        revoked = "" if client.allowed else ", revoked"
        lines.append(
            f"  {client.client}: {client.secrets:,} secrets, {client.bytes:,} bytes{revoked}"
        )
    return "".join(f"{line}\n" for line in lines)
