"""Becoming a client by an invitation, and the name under which its server is saved."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from underpaint_client.blocking import BlockingClient
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionCut, HandshakeFailed, UsageError, VersionMismatch
from underpaint_common.wire import Address
from underpaint_common.wire.invite import Invite

TIMEOUT_SECONDS = 30.0

_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_NAMELESS = "server"


def join(invite: Invite, identity: Identity, *, timeout: float = TIMEOUT_SECONDS) -> None:
    """Use an invitation; afterwards the server knows the identity by the invitation's name.

    Done again with the same identity before the invitation expires, it succeeds again.

    Parameters
    ----------
    invite : Invite
        What the operator handed over.
    identity : Identity
        Who joins.
    timeout : float
        Seconds that connecting, and the server's answer, may take.

    Raises
    ------
    HandshakeFailed
        The invitation does not hold; a server is silent about why.
    ConnectionFailed
        The server cannot be reached.
    """
    client = BlockingClient(
        invite.address, identity=identity, timeout=timeout, invitation_token=invite.token
    )
    try:
        with client:
            client.ping()
    except VersionMismatch:
        raise
    except (HandshakeFailed, ConnectionCut) as error:
        raise _explained(invite) from error


def remote_name(saved: dict[str, Address], address: Address, wanted: str | None = None) -> str:
    """Return the name under which a server is, or can be, saved.

    Parameters
    ----------
    saved : dict of str to Address
        The remotes that there are.
    address : Address
        The server.
    wanted : str, optional
        The user's choice; by default the first label of the host's name, with a number where
        that is taken.

    Raises
    ------
    UsageError
        The wanted name is another server's.
    """
    if wanted is not None:
        if saved.get(wanted, address) != address:
            raise UsageError(
                f"the remote {wanted} is another server: {saved[wanted]}",
                hint="choose another name with --as",
            )
        return wanted
    known = [name for name, there in saved.items() if there == address]
    if known:
        return known[0]
    label = _LABEL.match(address.host)
    stem = label[0] if label else _NAMELESS
    names = (stem, *(f"{stem}-{number}" for number in range(2, len(saved) + 3)))
    return next(name for name in names if name not in saved)


def _explained(invite: Invite) -> HandshakeFailed:
    place = f"{invite.address.host}:{invite.address.port}"
    if datetime.now(UTC) >= invite.until:
        return HandshakeFailed(
            f"{place} does not take this invitation, which ended at "
            f"{invite.until:%Y-%m-%d %H:%M} UTC",
            hint=f"ask its operator for a new one: underpaintd invite {invite.name}",
        )
    return HandshakeFailed(
        f"{place} does not take this invitation, and does not say why: somebody else has used it, "
        "it was taken back, this identity is known there under another name, or that is not the "
        "server that made it",
        hint="if you joined before, try underpaint ping; otherwise ask its operator whether "
        f"{invite.name} has joined (underpaintd clients), and for a new invitation",
    )
