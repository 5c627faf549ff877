"""Which server a client talks to and as whom, and what is said when that does not succeed."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from underpaint_client.identities import load_identity
from underpaint_client.link import Link
from underpaint_common.crypto import stego_key
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionFailed, HandshakeFailed, ProtocolError, Unanswered
from underpaint_common.wire import Address, Session


@dataclass(frozen=True, slots=True)
class Destination:
    """A server as one client sees it.

    Attributes
    ----------
    address : Address
        Where it is, and which key it must hold.
    identity : Identity
        Who the client is.
    preshared_key : bytes or None
        32 bytes that the server asks this client for besides, secret.
    invitation_token : bytes or None
        32 bytes of an invitation that the client uses instead, secret.
    """

    address: Address
    identity: Identity
    preshared_key: bytes | None = field(default=None, repr=False)
    invitation_token: bytes | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls,
        address: Address | str,
        identity: Identity | str | os.PathLike[str] | None,
        preshared_key: bytes | None = None,
        invitation_token: bytes | None = None,
    ) -> Self:
        """Read address and identity where they are given by text and file.

        Raises
        ------
        UsageError
            The address is malformed.
        LocalFileError
            The identity cannot be read.
        """
        if not isinstance(address, Address):
            address = Address.parse(address)
        if not isinstance(identity, Identity):
            identity = load_identity(None if identity is None else Path(identity))
        return cls(address, identity, preshared_key, invitation_token)

    @property
    def stego_key(self) -> bytes:
        """The key of what only this server shall find."""
        return stego_key.from_identities(self.identity, self.address.server_key, own_is_sender=True)

    def link(self) -> Link:
        """Return a fresh session."""
        session = Session.initiator(
            self.identity,
            self.address.server_key,
            preshared_key=self.preshared_key,
            invitation_token=self.invitation_token,
        )
        return Link(session, f"{self.address.host}:{self.address.port}")

    def unreachable(self, error: OSError) -> ConnectionFailed:
        """Say why in the system's words; asyncio's own text repeats the address."""
        if isinstance(error, TimeoutError):
            reason = "no answer in time"
        elif error.errno and not isinstance(error, socket.gaierror):
            reason = os.strerror(error.errno)
        else:
            reason = error.strerror or "none of its addresses accepts a connection"
        reason = f"{reason[:1].lower()}{reason[1:]}"
        return ConnectionFailed(
            f"cannot reach {self.address.host}:{self.address.port}: {reason}",
            hint="is underpaintd running there, and is the port open?",
        )

    def handshake_failed(self, error: ConnectionFailed) -> HandshakeFailed:
        """Name all causes: a server is silent alike to a wrong key and to a stranger.

        The result is `Unanswered` where the server was silent, and so may answer another time;
        one that sent what a holder of its key does not send will send it again.
        """
        place = f"{self.address.host}:{self.address.port}"
        shared = "that it has no pre-shared key of this client, or another"
        if self.preshared_key is None:
            shared = "that it wants a pre-shared key (--psk-file)"
        was_silent = isinstance(error, Unanswered) or not isinstance(
            error, HandshakeFailed | ProtocolError
        )
        kind = Unanswered if was_silent else HandshakeFailed
        return kind(
            f"the handshake with {place} failed: the server is silent, which means that the key in "
            f"the address is not its own, that this identity is not allowed there, or {shared}",
            hint="compare the address with the operator's, or send the operator this line: "
            f"underpaintd allow NAME {self.identity.public_text}",
        )
