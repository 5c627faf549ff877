"""What a session tells its shell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from underpaint_common.wire.messages import ClientMessage, ServerMessage


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Write these bytes to the peer now."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Established:
    """The peer is authenticated: its first answer or record opened.

    Attributes
    ----------
    peer : bytes
        Its static public key, 32 bytes.
    invitation : bytes or None
        Id of the invitation that was used: the peer knows its token.
    """

    peer: bytes
    invitation: bytes | None = None


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """The peer sent a message; a server gets client messages only, a client the server's."""

    message: ClientMessage | ServerMessage


@dataclass(frozen=True, slots=True)
class DataReceived:
    """The peer sent data.

    Attributes
    ----------
    data : memoryview
        Lies in the session's buffer and is valid only until the next `get_buffer` call.
    """

    data: memoryview


@dataclass(frozen=True, slots=True)
class Closed:
    """The peer sent its closing record: nothing more comes, and nothing was cut off."""


Event: TypeAlias = Outgoing | Established | MessageReceived | DataReceived | Closed
