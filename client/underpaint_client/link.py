"""A protocol session with what came of it so far, for a shell of either kind."""

from __future__ import annotations

from collections import deque

from underpaint_common.errors import ConnectionFailed
from underpaint_common.wire import (
    Closed,
    DataReceived,
    MessageReceived,
    Outgoing,
    Pong,
    PushAccepted,
    Receipt,
    Refusal,
    ServerMessage,
    Session,
)


class Link:
    """The client's end of a connection, without the connection.

    Parameters
    ----------
    session : Session
        In the initiator's role.
    peer_name : str
        ``host:port``, for messages.

    Attributes
    ----------
    messages : deque of ServerMessage
        What the server said and nobody heard yet.
    failure : ConnectionFailed or None
        How it ended: the first failure, which is the cause of the later ones.
    """

    def __init__(self, session: Session, peer_name: str) -> None:
        self.session = session
        self.peer_name = peer_name
        self.messages: deque[ServerMessage] = deque()
        self.failure: ConnectionFailed | None = None

    def buffer_updated(self, count: int) -> list[bytes]:
        """Let the session read what arrived; return what is to be written to the server."""
        outgoing = []
        try:
            for event in self.session.buffer_updated(count):
                match event:
                    case Outgoing(data):
                        outgoing.append(data)
                    case MessageReceived(PushAccepted() | Receipt() | Refusal() | Pong() as said):
                        self.messages.append(said)
                    case Closed():
                        self.fail(ConnectionFailed(f"{self.peer_name} closed the connection"))
                    case DataReceived():
                        self.fail(
                            ConnectionFailed(f"{self.peer_name} sent data that nobody asked for")
                        )
        except ConnectionFailed as error:
            self.fail(error)
        return outgoing

    def end_of_stream(self) -> None:
        """Ask the session whether the stream may end here."""
        try:
            self.session.end_of_stream()
        except ConnectionFailed as error:
            self.fail(error)

    def fail(self, error: ConnectionFailed) -> None:
        """Keep the first failure."""
        self.failure = self.failure or error

    def lost(self, reason: Exception | None) -> ConnectionFailed:
        """Return the error of a connection that is gone."""
        because = f": {reason}" if reason else ""
        return ConnectionFailed(f"the connection to {self.peer_name} was lost{because}")

    def unanswered(self, seconds: float) -> ConnectionFailed:
        """Return the error of a wait that was too long."""
        return ConnectionFailed(f"{self.peer_name} did not answer within {seconds:g} s")
