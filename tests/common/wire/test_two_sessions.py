"""Two sessions and a network between them that cuts, joins, delays and, at last, lies."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.errors import ConnectionCut, ProtocolError
from underpaint_common.wire import (
    Closed,
    DataReceived,
    Established,
    Event,
    MessageReceived,
    Ping,
    Pong,
    RecordLimits,
    Session,
)
from underpaint_common.wire.states import State, Step

Feed = Callable[..., list[Event]]
Connect = Callable[..., tuple[Session, Session]]

BOTH = ("client", "server")
sizes = st.integers(0, 700)
piece_sizes = st.lists(st.integers(1, 200), min_size=1, max_size=8)
limits = st.builds(RecordLimits, rekey_records=st.integers(1, 6), rekey_bytes=st.integers(1, 1500))
said_or_carried = st.tuples(st.sampled_from(["say", "carry"]), st.sampled_from(BOTH), sizes)


def spoken(events: list[Event]) -> list[object]:
    """Return what the other side said, without what the session adds."""
    return [
        bytes(event.data) if isinstance(event, DataReceived) else event.message
        for event in events
        if isinstance(event, DataReceived | MessageReceived)
    ]


class Network:
    """Two sessions with bytes under way between them."""

    def __init__(self, pair: tuple[Session, Session], feed: Feed) -> None:
        self.sessions = dict(zip(BOTH, pair, strict=True))
        self.feed = feed
        self.under_way = dict.fromkeys(BOTH, b"")
        self.said: dict[str, list[object]] = {who: [] for who in BOTH}
        self.heard: dict[str, list[Event]] = {who: [] for who in BOTH}
        self.say("client", 0)
        self.carry("client", len(self.under_way["client"]))
        self.say("server", 0)

    def say(self, who: str, size: int) -> None:
        """Let a side send a message, or data of a size."""
        session = self.sessions[who]
        if size:
            data = bytes([size % 256]) * size
            self.said[who].append(data)
            self.under_way[who] += b"".join(session.send_data(data))
        else:
            message = Ping(b"?") if who == "client" else Pong(b"!")
            self.said[who].append(message)
            self.under_way[who] += session.send_message(message)

    def carry(self, who: str, count: int, pieces: list[int] | None = None) -> None:
        """Bring the other side the next bytes of what a side sent."""
        (other,) = set(BOTH) - {who}
        data, self.under_way[who] = self.under_way[who][:count], self.under_way[who][count:]
        self.heard[who] += self.feed(self.sessions[other], data, pieces)


@settings(max_examples=60, deadline=None)
@given(limits=limits, steps=st.lists(said_or_carried, max_size=25), pieces=piece_sizes)
def test_what_is_said_is_heard_whatever_the_network_cuts_and_joins(
    connect: Connect,
    feed: Feed,
    limits: RecordLimits,
    steps: list[tuple[str, str, int]],
    pieces: list[int],
) -> None:
    network = Network(connect(limits), feed)
    for what, who, size in steps:
        if what == "say":
            network.say(who, size)
        else:
            network.carry(who, size, pieces)
    for who in BOTH:
        network.under_way[who] += network.sessions[who].send_close()
        network.carry(who, len(network.under_way[who]), pieces)
        assert spoken(network.heard[who]) == network.said[who]
        assert network.heard[who][-1] == Closed()
    assert isinstance(network.heard["client"][0], Established)
    for session in network.sessions.values():
        session.end_of_stream()
        assert session.state is State.CLOSED


@st.composite
def lies(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """Draw a change that an attacker makes to a stream."""
    start, stop = sorted(draw(st.tuples(st.integers(0, 3000), st.integers(0, 3000))))
    new = draw(st.binary(max_size=60))
    bit = draw(st.integers(0, 7))
    kind = draw(st.sampled_from(["flip", "insert", "delete", "repeat", "swap", "cut", "replace"]))

    def flip(data: bytes) -> bytes:
        place = start % len(data)
        return data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :]

    def lie(data: bytes) -> bytes:
        low, high = (each % len(data) for each in (start, stop))
        before, middle, after = data[:low], data[low:high], data[high:]
        return {
            "flip": flip(data),
            "insert": data[:low] + new + data[low:],
            "delete": before + after,
            "repeat": before + middle + middle + after,
            "swap": before + after[: len(middle)] + middle + after[len(middle) :],
            "cut": before,
            "replace": before + new + after,
        }[kind]

    return lie


@settings(max_examples=150, deadline=None)
@given(
    who=st.sampled_from(BOTH),
    limits=limits,
    said=st.lists(sizes, min_size=1, max_size=8),
    lie=lies(),
    pieces=piece_sizes,
)
def test_no_lie_is_heard_and_every_lie_is_noticed(
    connect: Connect,
    feed: Feed,
    who: str,
    limits: RecordLimits,
    said: list[int],
    lie: Callable[[bytes], bytes],
    pieces: list[int],
) -> None:
    network = Network(connect(limits), feed)
    for size in said:
        network.say(who, size)
    network.under_way[who] += network.sessions[who].send_close()
    true = network.under_way[who]
    told = lie(true)
    (other,) = set(BOTH) - {who}
    listener = network.sessions[other]
    heard: list[Event] = []
    with suppress(ProtocolError):
        for place in range(0, len(told), pieces[0]):
            heard += feed(listener, told[place : place + pieces[0]])
        listener.end_of_stream()
        assert told == true, "a lie was believed"
        assert heard[-1] == Closed()
        return
    assert told != true
    assert listener.state is State.FAILED
    already = len(spoken(network.heard[who]))
    assert spoken(heard) == network.said[who][already:][: len(spoken(heard))]


@pytest.mark.parametrize("who", BOTH)
@pytest.mark.parametrize(
    "limits",
    [RecordLimits(rekey_bytes=300_000), RecordLimits(rekey_records=2)],
    ids=["bytes", "records"],
)
def test_keys_are_replaced_in_the_middle_of_a_stream_of_data(
    connect: Connect, feed: Feed, who: str, limits: RecordLimits
) -> None:
    network = Network(connect(limits), feed)
    sealer = network.sessions[who]._channel._sealer
    assert sealer is not None
    ciphers = [sealer._cipher]
    image = bytes(range(256)) * 5000
    for record in network.sessions[who].send_data(image):
        network.under_way[who] += record
        if sealer._cipher is not ciphers[-1]:
            ciphers.append(sealer._cipher)
    assert len(ciphers) >= 3
    network.carry(who, len(network.under_way[who]), [65536])
    data = [event.data for event in network.heard[who] if isinstance(event, DataReceived)]
    assert b"".join(data) == image


# Records that an authenticated peer may not send.


@pytest.fixture
def talking(connect: Connect, feed: Feed) -> tuple[Session, Session]:
    """Return two sessions of which the server knows its client."""
    here, there = connect()
    feed(there, here.send_message(Ping()))
    return here, there


def test_a_genuine_record_after_the_closing_record(
    talking: tuple[Session, Session], feed: Feed
) -> None:
    here, there = talking
    closing = here.send_close()
    here._channel.state = State.OPEN
    with pytest.raises(ProtocolError, match="after the closing record"):
        feed(there, closing + here.send_message(Ping()))
    assert there.state is State.FAILED


def test_two_closing_records(talking: tuple[Session, Session], feed: Feed) -> None:
    here, there = talking
    first = here.send_close()
    here._channel.state = State.OPEN
    feed(there, first)
    with pytest.raises(ProtocolError, match="after the closing record"):
        feed(there, here.send_close())


def test_a_record_of_another_connection_between_the_same_two(
    talking: tuple[Session, Session], connect: Connect, feed: Feed
) -> None:
    _, there = talking
    elsewhere, _ = connect()
    elsewhere.send_message(Ping())
    with pytest.raises(ProtocolError, match="record 1 cannot be authenticated"):
        feed(there, elsewhere.send_message(Ping()))


def test_numbers_that_run_out_end_the_session_of_who_listens(connect: Connect, feed: Feed) -> None:
    here, there = connect(RecordLimits(last_number=1))
    for _ in range(2):
        feed(there, here.send_message(Ping()))
    sealer = here._channel._sealer
    assert sealer is not None
    sealer._limits = RecordLimits()
    with pytest.raises(ProtocolError, match="used up"):
        feed(there, here.send_message(Ping()))
    assert there.state is State.FAILED


def test_a_cut_in_the_middle_of_a_record(talking: tuple[Session, Session], feed: Feed) -> None:
    here, there = talking
    record = here.send_message(Ping())
    feed(there, record[:-1])
    with pytest.raises(ConnectionCut):
        there.end_of_stream()


@pytest.mark.parametrize("length", [0, 16, 47, 50, 262_193, 262_208, 2**31, 2**32 - 1])
def test_lengths_that_no_record_of_an_authenticated_peer_has(
    talking: tuple[Session, Session], feed: Feed, length: int
) -> None:
    _, there = talking
    with pytest.raises(ProtocolError, match=r"no record has|longer than"):
        feed(there, length.to_bytes(4, "big"))


def test_every_record_leads_where_the_table_says(talking: tuple[Session, Session]) -> None:
    here, _ = talking
    assert here.state is State.OPEN
    here.send_close()
    assert here.state is State.WE_CLOSED
    with pytest.raises(RuntimeError, match=Step.RECORD_SENT.value):
        here.send_message(Ping())
