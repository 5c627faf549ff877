"""The client's end of a connection without the connection: what is kept, and how it ends."""

from __future__ import annotations

from underpaint_client.link import Link
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ConnectionFailed, HandshakeFailed
from underpaint_common.wire import Outgoing, Ping, Pong, Session

CLIENT, SERVER = Identity.generate(), Identity.generate()


def put(session: Session, data: bytes) -> int:
    view = session.get_buffer()
    view[: len(data)] = data
    return len(data)


def linked() -> tuple[Link, Session]:
    link = Link(Session.initiator(CLIENT, SERVER.public), "h:1")
    server = Session.responder(SERVER, lambda key: key == CLIENT.public)
    for event in server.buffer_updated(put(server, link.session.start())):
        assert isinstance(event, Outgoing)
        assert link.buffer_updated(put(link.session, event.data)) == []
    server.buffer_updated(put(server, link.session.send_message(Ping(b"?"))))
    return link, server


def test_messages_wait_in_order_and_the_first_failure_stays() -> None:
    link, server = linked()
    said = server.send_message(Pong(b"1")) + server.send_message(Pong(b"2")) + server.send_close()
    link.buffer_updated(put(link.session, said))
    assert list(link.messages) == [Pong(b"1"), Pong(b"2")]
    assert link.failure is not None
    assert link.failure.message == "h:1 closed the connection"
    link.fail(ConnectionFailed("later"))
    link.end_of_stream()
    assert link.failure.message == "h:1 closed the connection"


def test_data_that_nobody_asked_for_and_nonsense_end_it() -> None:
    link, server = linked()
    server.send_message(Pong(b""))
    link, server = linked()
    data = server.send_message(Pong(b"")) + b"".join(server.send_data(b"data"))
    link.buffer_updated(put(link.session, data))
    assert "nobody asked for" in str(link.failure)
    link, _ = linked()
    link.buffer_updated(put(link.session, b"\xff" * 64))
    assert isinstance(link.failure, ConnectionFailed)


def test_an_end_amid_the_handshake_is_a_failed_handshake() -> None:
    link = Link(Session.initiator(CLIENT, SERVER.public), "h:1")
    link.session.start()
    link.end_of_stream()
    assert isinstance(link.failure, HandshakeFailed)
