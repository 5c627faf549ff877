"""`underpaintd invite` and `underpaintd clients`: new invitations, and who has what."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from underpaint_common.crypto import keytext
from underpaint_common.crypto.keytext import KeyKind
from underpaint_common.errors import UsageError
from underpaint_common.wire import Address
from underpaint_common.wire.invitation import TOKEN_BYTES
from underpaint_common.wire.invite import Invite
from underpaint_server.allowed import AllowedFile
from underpaint_server.clients import AllowedClients, Client, Invitation

_LONGEST = timedelta(days=366)


def new_invite(allowed: AllowedFile, name: str, address: Address, seconds: float) -> Invite:
    """Make an invitation and write it down; return what is handed over.

    Raises
    ------
    UsageError
        The name is unfit or taken, or the span is none that an invitation should have.
    """
    span = timedelta(seconds=min(seconds, 2 * _LONGEST.total_seconds()))
    if not timedelta(seconds=1) <= span <= _LONGEST:
        raise UsageError(
            "an invitation holds for a second at least and a year at most",
            hint="such as --expires '2 d'",
        )
    until = (datetime.now(UTC) + span).replace(microsecond=0)
    token = secrets.token_bytes(TOKEN_BYTES)
    allowed.invite(name, Invitation(token, until))
    return Invite(address, name, until, token)


def described(clients: AllowedClients) -> list[dict[str, str | None]]:
    """Return what `clients --json` says of each: its name, state and public key."""
    now = datetime.now(UTC)
    return [
        {
            "name": client.name,
            "state": _state(client, now),
            "public_key": None
            if client.key is None
            else keytext.encode(KeyKind.PUBLIC, client.key),
        }
        for client in clients.clients
    ]


def _state(client: Client, now: datetime) -> str:
    if client.key is not None:
        return "may push" if client.preshared_key is None else "may push, with a pre-shared key"
    if client.invitation is None or client.at(now) is None:
        return "was invited too long ago"
    return f"invited until {client.invitation.until:%Y-%m-%d %H:%M} UTC"
