"""The handshake of a connection: who is let in, and what a stranger is told."""

from __future__ import annotations

import pytest

from underpaint_common.crypto import kem
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import HandshakeFailed, ProtocolError, UsageError
from underpaint_common.wire import PREAMBLE
from underpaint_common.wire.buffer import ReceiveBuffer
from underpaint_common.wire.handshake import Progress
from underpaint_common.wire.initiator import InitiatorHandshake
from underpaint_common.wire.invitation import invitation_id
from underpaint_common.wire.responder import ResponderHandshake
from underpaint_common.wire.states import Step, WrongState


def received(data: bytes) -> ReceiveBuffer:
    buffer = ReceiveBuffer(len(data) + 1)
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
    client: Identity, server: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []
    # Neither may a stranger make the server compute: ML-KEM is out of reach here.
    monkeypatch.delattr(kem, "encapsulate")

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


def test_message_2_carries_nothing(
    client: Identity, server: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    initiator = InitiatorHandshake(client, server.public)
    responder = ResponderHandshake(server, lambda _: True)
    write = responder._noise.write
    monkeypatch.setattr(responder._noise, "write", lambda: write(b"x"))
    answer = answered(responder, initiator.start()).answer
    with pytest.raises(HandshakeFailed, match="has a payload"):
        initiator.advance(received(answer))


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


def test_the_sizes_of_both_records(client: Identity, server: Identity) -> None:
    initiator = InitiatorHandshake(client, server.public)
    opening = initiator.start()
    answer = answered(ResponderHandshake(server, lambda _: True), opening).answer
    # ephemeral, sealed static key, sealed ML-KEM key; KEM ciphertext, ephemeral, sealed nothing
    assert len(opening) == len(PREAMBLE) + 4 + 32 + 80 + (1184 + 48)
    assert len(answer) == 4 + 1088 + 32 + 48


def test_a_preshared_key_must_be_the_same(client: Identity, server: Identity) -> None:
    keys: list[bytes | None] = [None, bytes(32), bytes([1]) * 32]
    for ours in keys:
        for theirs in keys:
            initiator = InitiatorHandshake(client, server.public, ours)
            responder = ResponderHandshake(
                server, lambda _: True, {client.public: theirs}.__getitem__
            )
            answer = received(answered(responder, initiator.start()).answer)
            if ours == theirs:
                assert initiator.advance(answer) is not None
            else:
                with pytest.raises(HandshakeFailed, match="not genuine"):
                    initiator.advance(answer)


def test_a_kem_key_that_is_none(
    client: Identity, server: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    initiator = InitiatorHandshake(client, server.public)
    monkeypatch.setattr(kem.KemKey, "public", b"\xff" * 1184)
    with pytest.raises(HandshakeFailed, match="not an ML-KEM-768 key"):
        answered(ResponderHandshake(server, lambda _: True), initiator.start())


@pytest.mark.parametrize("length", [0, 1, 12, 1183, 1185, 1195, 1197, 1200, 2600])
def test_message_1_carries_one_of_two_things_and_nothing_else(
    client: Identity, server: Identity, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    initiator = InitiatorHandshake(client, server.public)
    monkeypatch.setattr(kem.KemKey, "public", bytes(length))
    with pytest.raises(ProtocolError, match=f"carries {length} bytes"):
        answered(ResponderHandshake(server, lambda _: True), initiator.start())


def test_an_invitation_is_asked_for_instead_of_the_list(client: Identity, server: Identity) -> None:
    token = bytes([5]) * 32
    asked: list[tuple[bytes, bytes]] = []

    def token_of(key: bytes, id_: bytes) -> bytes:
        asked.append((key, id_))
        return token

    initiator = InitiatorHandshake(client, server.public, token=token)
    responder = ResponderHandshake(server, lambda _: False, token_of=token_of)
    answer = answered(responder, initiator.start()).answer
    assert asked == [(client.public, invitation_id(token))]
    assert initiator.advance(received(answer)) is not None
    assert responder.invitation == initiator.invitation == invitation_id(token)


def test_who_knows_an_invitations_id_alone_gets_nowhere(client: Identity, server: Identity) -> None:
    initiator = InitiatorHandshake(client, server.public, token=bytes(32))
    responder = ResponderHandshake(server, lambda _: True, token_of=lambda *_: bytes([1]) * 32)
    with pytest.raises(HandshakeFailed, match="not genuine"):
        initiator.advance(received(answered(responder, initiator.start()).answer))


def test_an_invitation_that_does_not_hold_ends_it_even_for_who_is_allowed(
    client: Identity, server: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(kem, "encapsulate")
    initiator = InitiatorHandshake(client, server.public, token=bytes(32))
    with pytest.raises(HandshakeFailed, match="invitation that does not hold"):
        answered(ResponderHandshake(server, lambda _: True), initiator.start())


def test_record_1_does_not_show_whether_it_names_an_invitation(
    client: Identity, server: Identity
) -> None:
    without = InitiatorHandshake(client, server.public).start()
    naming = InitiatorHandshake(client, server.public, token=bytes(32)).start()
    assert len(without) == len(naming)


def test_an_invitation_leaves_no_room_for_another_key(client: Identity, server: Identity) -> None:
    with pytest.raises(ValueError, match="only one"):
        InitiatorHandshake(client, server.public, bytes(32), bytes(32))


def test_a_cut_answer(client: Identity, server: Identity) -> None:
    for length in (64, 1088, 1152):
        initiator = InitiatorHandshake(client, server.public)
        initiator.start()
        with pytest.raises(HandshakeFailed, match="not genuine"):
            initiator.advance(received(length.to_bytes(4, "big") + bytes(length)))
