"""The handshake of a connection: who is let in, and what a stranger is told."""

from __future__ import annotations

import pytest

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import HandshakeFailed, UsageError
from underpaint_common.wire import PREAMBLE
from underpaint_common.wire.buffer import ReceiveBuffer
from underpaint_common.wire.handshake import InitiatorHandshake, Progress, ResponderHandshake
from underpaint_common.wire.states import Step, WrongState


def received(data: bytes) -> ReceiveBuffer:
    buffer = ReceiveBuffer(len(data) + 1, growth=0)
    buffer.writable()[: len(data)] = data
    buffer.received(len(data))
    return buffer


def answered(responder: ResponderHandshake, opening: bytes) -> Progress:
    buffer = received(opening)
    assert responder.advance(buffer) == Progress(Step.PREAMBLE_RECEIVED)
    progress = responder.advance(buffer)
    assert progress is not None
    return progress


def test_both_sides_end_with_the_same(client: Identity, server: Identity) -> None:
    initiator = InitiatorHandshake(client, server.public)
    responder = ResponderHandshake(server, lambda key: key == client.public)
    there = answered(responder, initiator.start())
    here = initiator.advance(received(there.answer))
    assert here is not None
    assert here.transport is not None
    assert there.transport is not None
    assert here.transport.handshake_hash == there.transport.handshake_hash
    assert (here.step, there.step) == (Step.REPLY_RECEIVED, Step.HANDSHAKE_ANSWERED)
    assert (initiator.peer, responder.peer) == (server.public, client.public)


def test_the_client_is_asked_about_before_anything_is_answered(
    client: Identity, server: Identity
) -> None:
    asked: list[bytes] = []

    def is_allowed(key: bytes) -> bool:
        asked.append(key)
        return False

    responder = ResponderHandshake(server, is_allowed)
    with pytest.raises(HandshakeFailed, match=f"{client.public_text} is not allowed"):
        answered(responder, InitiatorHandshake(client, server.public).start())
    assert asked == [client.public]


def test_another_servers_key_is_refused(client: Identity, server: Identity) -> None:
    other = Identity.generate()
    responder = ResponderHandshake(server, lambda _: True)
    with pytest.raises(HandshakeFailed, match="altered or for another key"):
        answered(responder, InitiatorHandshake(client, other.public).start())


def test_an_answer_from_somebody_else_is_refused(client: Identity, server: Identity) -> None:
    initiator, another = (InitiatorHandshake(client, server.public) for _ in range(2))
    initiator.start()
    answer = answered(ResponderHandshake(server, lambda _: True), another.start()).answer
    with pytest.raises(HandshakeFailed, match="server's handshake record is not genuine"):
        initiator.advance(received(answer))


def test_an_unanswered_client_hears_both_causes_and_what_to_do(
    client: Identity, server: Identity
) -> None:
    error = InitiatorHandshake(client, server.public).unanswered()
    assert "wrong server key" in error.message
    assert "not allowed" in error.message
    assert error.hint is not None
    assert error.hint.endswith(f"underpaintd allow NAME {client.public_text}")


def test_a_server_key_that_is_none(client: Identity) -> None:
    with pytest.raises(UsageError, match="server's key cannot be used"):
        InitiatorHandshake(client, bytes(32)).start()


def test_a_responder_does_not_start(server: Identity) -> None:
    with pytest.raises(WrongState):
        ResponderHandshake(server, lambda _: True).start()


def test_the_opening_begins_with_the_preamble(client: Identity, server: Identity) -> None:
    opening = InitiatorHandshake(client, server.public).start()
    assert opening.startswith(PREAMBLE)
    # Nothing of the client's identity travels in clear.
    assert client.public not in opening
    assert server.public not in opening
