"""What a connection needs of the daemon that holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from underpaint_common.errors import ConnectionFailed
from underpaint_server.limits import Limits
from underpaint_server.turns import Turns

if TYPE_CHECKING:
    from underpaint_server.connection import Connection


class Host(Protocol):
    """What a connection needs of the daemon.

    Attributes
    ----------
    turns : Turns
        In which connections are read.
    """

    turns: Turns

    @property
    def limits(self) -> Limits:
        """The bounds of this moment."""

    def joined(self, connection: Connection) -> None:
        """Hear of a new connection."""

    def authenticated(self, connection: Connection) -> None:
        """Hear that the peer is an allowed client: its first record opened."""

    def failed(self, connection: Connection, error: ConnectionFailed) -> None:
        """Hear of a stranger that broke the protocol or is not allowed."""

    def parting(self, connection: Connection) -> None:
        """Hear that the connection has had its FIN, and only what still comes is awaited."""

    def left(self, connection: Connection) -> None:
        """Hear that the connection is gone."""
