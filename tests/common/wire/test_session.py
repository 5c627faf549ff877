"""Sessions: what two sides say to each other, and everything an attacker may do about it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.crypto import kem
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import (
    ConnectionCut,
    ConnectionFailed,
    HandshakeFailed,
    ProtocolError,
    UsageError,
    VersionMismatch,
)
from underpaint_common.wire import (
    LEAST_RECORD,
    MAX_RECORD,
    PREAMBLE,
    Closed,
    DataReceived,
    Established,
    Event,
    MessageReceived,
    Outgoing,
    Ping,
    Pong,
    Push,
    PushAccepted,
    PushEnd,
    Receipt,
    RecordLimits,
    Session,
    WrongState,
)
from underpaint_common.wire.invitation import invitation_id
from underpaint_common.wire.states import State

Feed = Callable[..., list[Event]]
Connect = Callable[..., tuple[Session, Session]]
Fixed = Callable[[int], AbstractContextManager[None]]

OF_CLIENT, OF_SERVER = 7, 9

PUSH = Push(upload_id=bytes(16))
END = PushEnd(stego_bytes=5, sha256=bytes(32))
RECEIPT = Receipt("7", "a.png", "image/png", 5, bytes(32), "2024-01-02T03:04:05Z")


@dataclass(frozen=True)
class Recording:
    """One short session with fixed ephemeral keys: what each side wrote, piece by piece."""

    to_server: list[bytes]
    to_client: list[bytes]


@pytest.fixture(scope="session")
def recording(client: Identity, server: Identity, feed: Feed, fixed_ephemeral: Fixed) -> Recording:
    """Return a push of 5 bytes with its receipt, and both closing records."""
    there = Session.responder(server, client.public.__eq__)
    with fixed_ephemeral(OF_CLIENT):
        here = Session.initiator(client, server.public)
        opening = here.start()
    with fixed_ephemeral(OF_SERVER):
        (answer,) = feed(there, opening)
    assert isinstance(answer, Outgoing)
    feed(here, answer.data)
    to_server = [PREAMBLE, opening[len(PREAMBLE) :], here.send_message(PUSH)]
    feed(there, to_server[-1])
    to_client = [answer.data, there.send_message(PushAccepted(offset=0))]
    to_server += [bytes(each) for each in here.send_data(b"image")]
    to_server += [here.send_message(END), here.send_close()]
    to_client += [there.send_message(RECEIPT), there.send_close()]
    return Recording(to_server, to_client)


@pytest.fixture(scope="session")
def replay_to_server(
    server: Identity, client: Identity, feed: Feed, fixed_ephemeral: Fixed
) -> Callable[..., list[Event]]:
    """Return a function that gives bytes to the server of the recording, to their very end."""

    def replay(data: bytes, sizes: list[int] | None = None) -> list[Event]:
        session = Session.responder(server, client.public.__eq__)
        with fixed_ephemeral(OF_SERVER):
            events = feed(session, data, sizes)
        session.end_of_stream()
        return events

    return replay


@pytest.fixture(scope="session")
def replay_to_client(
    server: Identity, client: Identity, feed: Feed, fixed_ephemeral: Fixed
) -> Callable[..., list[Event]]:
    """Return a function that gives bytes to the client of the recording, to their very end."""

    def replay(data: bytes, sizes: list[int] | None = None) -> list[Event]:
        with fixed_ephemeral(OF_CLIENT):
            session = Session.initiator(client, server.public)
            session.start()
        events = feed(session, data, sizes)
        session.end_of_stream()
        return events

    return replay


# What honest sides see.


def test_a_push_and_its_receipt(connect: Connect, feed: Feed, client: Identity) -> None:
    here, there = connect()
    image = bytes(range(256)) * 3000
    assert feed(there, here.send_message(PUSH)) == [
        Established(client.public),
        MessageReceived(PUSH),
    ]
    assert feed(here, there.send_message(PushAccepted(offset=0))) == [
        MessageReceived(PushAccepted(offset=0))
    ]
    events = feed(there, b"".join(here.send_data(image)))
    parts = [event.data for event in events if isinstance(event, DataReceived)]
    assert b"".join(parts) == image
    assert [len(part) for part in parts] == [MAX_RECORD, MAX_RECORD, len(image) - 2 * MAX_RECORD]
    assert feed(there, here.send_message(END)) == [MessageReceived(END)]
    assert feed(here, there.send_message(RECEIPT)) == [MessageReceived(RECEIPT)]
    assert feed(there, here.send_close()) == [Closed()]
    assert feed(here, there.send_close()) == [Closed()]
    here.end_of_stream()
    there.end_of_stream()
    assert here.state is there.state is State.CLOSED


def test_a_client_is_authenticated_by_its_first_record_alone(
    client: Identity, server: Identity, feed: Feed
) -> None:
    here = Session.initiator(client, server.public)
    there = Session.responder(server, client.public.__eq__)
    with pytest.raises(WrongState):
        there.peer  # noqa: B018 (reading it is what is tested)
    (answer,) = feed(there, here.start())
    assert isinstance(answer, Outgoing)
    assert there.peer == client.public
    assert not there.established
    assert feed(here, answer.data) == [Established(server.public)]
    assert here.established
    assert feed(there, here.send_message(Ping())) == [
        Established(client.public),
        MessageReceived(Ping()),
    ]
    assert there.established


def test_an_invited_client_is_named_with_its_invitation(
    client: Identity, server: Identity, feed: Feed
) -> None:
    token = bytes([5]) * 32
    here = Session.initiator(client, server.public, invitation_token=token)
    there = Session.responder(server, lambda _: False, token_of=lambda *_: token)
    (answer,) = feed(there, here.start())
    assert isinstance(answer, Outgoing)
    feed(here, answer.data)
    assert feed(there, here.send_message(Ping())) == [
        Established(client.public, invitation_id(token)),
        MessageReceived(Ping()),
    ]


def test_a_replayed_opening_gets_nowhere(
    recording: Recording, client: Identity, server: Identity, feed: Feed
) -> None:
    there = Session.responder(server, client.public.__eq__)
    feed(there, b"".join(recording.to_server[:2]))
    with pytest.raises(ProtocolError, match="record 0 cannot be authenticated"):
        feed(there, recording.to_server[2])
    assert not there.established


def test_either_side_may_still_speak_when_the_other_has_closed(
    connect: Connect, feed: Feed
) -> None:
    here, there = connect()
    feed(there, here.send_message(Ping(b"x")))
    feed(there, here.send_close())
    assert feed(here, there.send_message(Pong(b"x"))) == [MessageReceived(Pong(b"x"))]
    with pytest.raises(WrongState, match="closed on our side"):
        here.send_message(Ping())
    assert here.send_close() == b""


def test_keys_are_replaced_while_both_sides_talk(connect: Connect, feed: Feed) -> None:
    here, there = connect(RecordLimits(rekey_records=2, rekey_bytes=150))
    for turn in range(10):
        ping, pong = Ping(bytes([turn])), Pong(bytes([turn]) * 20)
        assert feed(there, here.send_message(ping))[-1] == MessageReceived(ping)
        assert feed(here, there.send_message(pong)) == [MessageReceived(pong)]


def test_numbers_that_run_out_end_the_session(connect: Connect, feed: Feed) -> None:
    here, there = connect(RecordLimits(last_number=1))
    for _ in range(2):
        feed(there, here.send_message(Ping()))
    with pytest.raises(ProtocolError, match="used up"):
        here.send_message(Ping())
    assert here.state is State.FAILED


@settings(max_examples=40)
@given(sizes=st.lists(st.integers(1, 300), min_size=1, max_size=20))
def test_any_splits_give_the_same_events(
    recording: Recording,
    replay_to_server: Feed,
    replay_to_client: Feed,
    sizes: list[int],
) -> None:
    for pieces, replay in (
        (recording.to_server, replay_to_server),
        (recording.to_client, replay_to_client),
    ):
        stream = b"".join(pieces)
        whole = replay(stream)
        assert replay(stream, sizes) == whole
        assert replay(stream, [1]) == whole
        assert whole[-1] == Closed()


def test_large_records_byte_by_byte_and_merged(connect: Connect, feed: Feed) -> None:
    here, there = connect()
    stream = here.send_message(PUSH) + b"".join(here.send_data(bytes(3 * MAX_RECORD + 1)))
    events = feed(there, stream, [1, 7, 65536, 999_999, 3])
    assert sum(len(event.data) for event in events if isinstance(event, DataReceived)) == (
        3 * MAX_RECORD + 1
    )


def test_a_stranger_gets_little_memory(
    client: Identity, server: Identity, connect: Connect, feed: Feed
) -> None:
    assert len(Session.responder(server, client.public.__eq__).get_buffer()) <= 4200
    here, there = connect()
    feed(there, here.send_message(PUSH))
    assert len(there.get_buffer()) <= 4200
    record = next(here.send_data(bytes(MAX_RECORD)))
    feed(there, bytes(record[:4]))
    assert len(there.get_buffer()) >= MAX_RECORD


def test_who_takes_no_data_holds_little_and_refuses_at_the_length(
    connect: Connect, feed: Feed
) -> None:
    here, there = connect()
    feed(there, here.send_message(PUSH))
    there.take_data(0)
    record = next(here.send_data(bytes(MAX_RECORD)))
    with pytest.raises(ProtocolError, match="longer than the 4096 allowed"):
        feed(there, bytes(record[:4]))


def test_memory_of_long_records_is_given_back_with_their_end(connect: Connect, feed: Feed) -> None:
    here, there = connect()
    feed(there, here.send_message(PUSH))
    for _ in range(2):
        there.take_data(MAX_RECORD)
        (event,) = feed(there, next(here.send_data(bytes(MAX_RECORD))))
        assert isinstance(event, DataReceived)
        assert there._buffer.size >= MAX_RECORD
        (pinged,) = feed(there, here.send_message(Ping()))
        assert pinged == MessageReceived(Ping())
        there.take_data(0)
        assert there._buffer.size <= 4200
    feed(there, here.send_message(Ping())[:50])
    assert there.is_amid_record
    there.abandon()
    assert not there.is_amid_record


def test_the_server_says_how_long_records_may_be(connect: Connect, feed: Feed) -> None:
    here, there = connect()
    feed(there, here.send_message(PUSH))
    there.take_data(LEAST_RECORD)
    feed(here, there.send_message(PushAccepted(0, record_bytes=LEAST_RECORD)))
    records = list(here.send_data(bytes(3 * LEAST_RECORD)))
    assert len(records) == 3
    assert len(feed(there, b"".join(records))) == 3
    feed(here, there.send_message(PushAccepted(0)))
    with pytest.raises(ProtocolError, match="longer than"):
        feed(there, next(here.send_data(bytes(LEAST_RECORD + 100))))


# What attackers do.


# Where ML-KEM's key and ciphertext lie: one bit of each of their bytes is enough for every day, as
# one tag covers them all (`make flips` takes them all); of everything else, each bit is changed.
KEM_KEY = range(len(PREAMBLE) + 4 + 32 + 80, len(PREAMBLE) + 4 + 32 + 80 + kem.PUBLIC_BYTES)
KEM_CIPHERTEXT = range(4, 4 + kem.CIPHERTEXT_BYTES)
EVERY_BIT = os.environ.get("UNDERPAINT_FLIPS") == "all"


def flips(stream: bytes, sparse: range) -> Iterator[bytes]:
    for place in range(len(stream)):
        for bit in [place % 8] if place in sparse and not EVERY_BIT else range(8):
            yield stream[:place] + bytes([stream[place] ^ 1 << bit]) + stream[place + 1 :]


def test_every_flipped_bit_to_the_server_is_refused(
    recording: Recording, replay_to_server: Feed
) -> None:
    for flipped in flips(b"".join(recording.to_server), KEM_KEY):
        with pytest.raises((ProtocolError, HandshakeFailed, VersionMismatch)):
            replay_to_server(flipped)


def test_every_flipped_bit_to_the_client_is_refused(
    recording: Recording, replay_to_client: Feed
) -> None:
    for flipped in flips(b"".join(recording.to_client), KEM_CIPHERTEXT):
        with pytest.raises((ProtocolError, HandshakeFailed, VersionMismatch)):
            replay_to_client(flipped)


@given(data=st.data())
def test_records_repeated_swapped_dropped_or_added_are_refused(
    recording: Recording, replay_to_server: Feed, data: st.DataObject
) -> None:
    pieces = recording.to_server
    foreign = [*recording.to_server, *recording.to_client]
    changed = data.draw(
        st.one_of(
            st.permutations(pieces),
            st.lists(st.sampled_from(foreign), max_size=len(pieces) + 2),
            st.integers(0, len(pieces)).map(lambda i: [*pieces[:i], pieces[i - 1], *pieces[i:]]),
        ).filter(lambda drawn: drawn != pieces)
    )
    with pytest.raises((ProtocolError, HandshakeFailed)):
        replay_to_server(b"".join(changed))


def test_every_truncation_is_noticed(
    recording: Recording, replay_to_server: Feed, replay_to_client: Feed
) -> None:
    for pieces, replay in (
        (recording.to_server, replay_to_server),
        (recording.to_client, replay_to_client),
    ):
        stream = b"".join(pieces)
        for length in range(0, len(stream), 7):
            with pytest.raises((ConnectionCut, HandshakeFailed)):
                replay(stream[:length])


def test_a_cut_says_when_it_came(connect: Connect, feed: Feed) -> None:
    here, there = connect()
    feed(there, here.send_message(PUSH))
    with pytest.raises(
        ConnectionCut, match="cut without a closing record while the session is open"
    ):
        there.end_of_stream()
    assert there.state is State.FAILED


def test_nothing_may_follow_the_closing_record(connect: Connect, feed: Feed) -> None:
    here, there = connect()
    feed(there, here.send_message(Ping()))
    feed(there, here.send_close())
    with pytest.raises(ProtocolError, match="after the closing record"):
        feed(there, b"\0")


def test_a_reflected_record_is_refused(connect: Connect, feed: Feed) -> None:
    here, _ = connect()
    with pytest.raises(ProtocolError, match="cannot be authenticated"):
        feed(here, here.send_message(Ping()))


@pytest.mark.parametrize("length", [0, 1, 32, 4096 + 16, MAX_RECORD, 2**32 - 1])
def test_lengths_out_of_bounds_are_refused_at_once(
    connect: Connect, feed: Feed, length: int
) -> None:
    _, there = connect()
    with pytest.raises(ProtocolError, match="bytes"):
        feed(there, length.to_bytes(4, "big"))


def test_data_before_any_message_is_refused(connect: Connect, feed: Feed) -> None:
    here, there = connect()
    with pytest.raises(WrongState, match="first record must be a message"):
        list(here.send_data(b"image"))
    here._said_something = True
    with pytest.raises(ProtocolError, match="first record is not a message"):
        feed(there, b"".join(here.send_data(b"image")))


def test_a_message_of_the_other_role_is_refused(connect: Connect, feed: Feed) -> None:
    here, there = connect()
    with pytest.raises(ProtocolError, match="malformed"):
        feed(there, here.send_message(Pong()))


def test_a_wrong_server_key(client: Identity, server: Identity, feed: Feed) -> None:
    here = Session.initiator(client, Identity.generate().public)
    there = Session.responder(server, client.public.__eq__)
    with pytest.raises(HandshakeFailed, match="for another key"):
        feed(there, here.start())
    with pytest.raises(HandshakeFailed, match="wrong server key, or this identity is not allowed"):
        here.end_of_stream()


def test_a_client_that_is_not_allowed(client: Identity, server: Identity, feed: Feed) -> None:
    there = Session.responder(server, lambda _: False)
    with pytest.raises(HandshakeFailed, match="is not allowed here"):
        feed(there, Session.initiator(client, server.public).start())


def test_another_version(client: Identity, server: Identity, feed: Feed) -> None:
    other = PREAMBLE[:-1] + b"\x07"
    there = Session.responder(server, client.public.__eq__)
    with pytest.raises(VersionMismatch, match="version 7"):
        feed(there, other)
    here = Session.initiator(client, server.public)
    here.start()
    with pytest.raises(VersionMismatch, match=r"unauthenticated.*version 7"):
        feed(here, other, [1])


def test_a_changed_version_is_noticed_by_the_handshake(
    client: Identity, server: Identity, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An attacker who makes a future client speak version 1 changes what both sides have bound.
    future = PREAMBLE[:-1] + b"\x02"
    with monkeypatch.context() as patch:
        for module in ("handshake", "initiator"):
            patch.setattr(f"underpaint_common.wire.{module}.PREAMBLE", future)
        opening = Session.initiator(client, server.public).start()
    there = Session.responder(server, client.public.__eq__)
    with pytest.raises(HandshakeFailed):
        feed(there, PREAMBLE + opening[len(PREAMBLE) :])


@given(noise=st.binary(max_size=400), before=st.integers(0, 5), sizes=st.integers(1, 50))
def test_any_bytes_parse_or_raise_the_documented_errors(
    recording: Recording,
    replay_to_server: Feed,
    replay_to_client: Feed,
    noise: bytes,
    before: int,
    sizes: int,
) -> None:
    for pieces, replay in (
        (recording.to_server, replay_to_server),
        (recording.to_client, replay_to_client),
    ):
        stream = b"".join(pieces[:before]) + noise
        try:
            events = replay(stream, [sizes])
        except (ProtocolError, HandshakeFailed, VersionMismatch):
            continue
        assert events[-1] == Closed()
        assert stream == b"".join(pieces)


# What our own code may do wrong.


def test_a_dead_session_stays_dead(connect: Connect, feed: Feed) -> None:
    here, there = connect()
    with pytest.raises(ProtocolError):
        feed(there, bytes(64))
    assert len(there.get_buffer()) > 0
    with pytest.raises(WrongState, match="has failed"):
        there.buffer_updated(1)
    with pytest.raises(WrongState, match="has failed"):
        there.send_message(Pong())
    assert there.send_close() == b""
    with pytest.raises(ConnectionCut):
        there.end_of_stream()
    assert here.state is State.OPEN


def test_calls_out_of_order(client: Identity, server: Identity) -> None:
    here = Session.initiator(client, server.public)
    with pytest.raises(WrongState, match="is new"):
        here.buffer_updated(0)
    with pytest.raises(WrongState):
        here.send_message(Ping())
    assert here.send_close() == b""
    here.start()
    with pytest.raises(WrongState):
        here.start()
    with pytest.raises(WrongState):
        Session.responder(server, client.public.__eq__).start()


def test_a_useless_server_key_is_the_users_mistake(client: Identity) -> None:
    with pytest.raises(UsageError, match="server's key"):
        Session.initiator(client, bytes(32)).start()


def test_a_message_out_of_bounds_costs_nothing(connect: Connect, feed: Feed) -> None:
    here, there = connect()
    with pytest.raises(ValueError, match="cannot send"):
        here.send_message(Ping(bytes(1000)))
    assert feed(there, here.send_message(Ping()))[-1] == MessageReceived(Ping())


def test_no_data_is_no_record(connect: Connect, feed: Feed) -> None:
    here, there = connect()
    feed(there, here.send_message(PUSH))
    assert list(here.send_data(b"")) == []


def test_secrets_stay_out_of_reprs_and_errors(
    connect: Connect, feed: Feed, client: Identity, server: Identity
) -> None:
    here, there = connect()
    shown = f"{here!r}{there!r}{vars(here)}{vars(there)}{vars(there._channel)}"
    with pytest.raises(ConnectionFailed) as caught:
        feed(there, bytes(64))
    shown += f"{caught.value}{caught.value.hint}{caught.value.__cause__!r}"
    for secret in (client.private, server.private):
        assert repr(secret) not in shown
        assert secret.hex() not in shown
