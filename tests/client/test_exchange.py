"""The conversation of a push, held by hand: no connection, no loop, no thread."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_client.exchange import (
    CHUNK_BYTES,
    Delivered,
    HasSpoken,
    Hear,
    Outcome,
    Say,
    Send,
    Step,
    echo,
    upload,
)
from underpaint_client.prepare import Prepared, prepare
from underpaint_client.progress import ProgressEvent, Stage
from underpaint_common.errors import ConnectionFailed, Damaged, ProtocolError, Refused
from underpaint_common.wire import Ping, Pong, Push, PushAccepted, PushEnd, Receipt, Refusal

RECEIPT = Receipt("r1", "n", "m", 3, b"s" * 32, "2031-05-06T07:08:09Z")
Server = Callable[[Step], Outcome]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    import numpy as np

    cover = np.random.default_rng(1).integers(30, 220, (40, 60, 3), dtype=np.uint8)
    return prepare(b"GIF89a", cover, bytes(32), name="x.gif")


def of_bytes(sample: Prepared, stego: bytes) -> Prepared:
    digest = hashlib.sha256(stego).digest()
    return replace(sample, stego=stego, stego_sha256=digest, secret_sha256=RECEIPT.sha256)


class ServerByHand:
    """Answers each step of a conversation, and keeps what was sent."""

    def __init__(self, *, has: bytes = b"", refuse_after: int | None = None) -> None:
        self.has = bytearray(has)
        self.refuse_after = refuse_after
        self.ended: PushEnd | None = None
        self.answers: list[Outcome] = []

    def __call__(self, step: Step) -> Outcome:
        match step:
            case Say(Push(_, anew)):
                if anew:
                    self.has.clear()
                digest = hashlib.sha256(self.has).digest()
                self.answers.append(PushAccepted(len(self.has), digest))
            case Say(PushEnd() as end):
                self.ended = end
                if self.refuse_after is None:
                    self.answers.append(RECEIPT)
            case Send(data):
                self.has += data
                if self.refuse_after is not None and len(self.has) >= self.refuse_after:
                    self.answers.append(Refusal("too_large", "enough", None))
                    self.refuse_after = len(self.has) + 10**9
            case Hear():
                return self.answers.pop(0)
            case HasSpoken():
                return bool(self.answers)
        return None


def hold(conversation: object, server: Server) -> Delivered:
    """Drive a conversation against a function that stands for the connection."""
    step = next(conversation)  # type: ignore[call-overload] # any of the generators here
    while True:
        try:
            outcome = server(step)
            step = conversation.send(outcome)  # type: ignore[attr-defined] # a generator
        except StopIteration as end:
            result: Delivered = end.value
            return result
        except OSError:
            step = conversation.throw(ConnectionFailed("cut"))  # type: ignore[attr-defined] # a generator


@given(stego=st.binary(min_size=1, max_size=50), held=st.integers(0, 60), ours=st.booleans())
def test_whatever_the_server_has_it_ends_up_with_the_whole_image(
    sample: Prepared, stego: bytes, held: int, ours: bool
) -> None:
    has = (stego * 2)[:held] if ours else bytes(255 - byte for byte in (stego * 2)[:held])
    server = ServerByHand(has=has)
    events: list[ProgressEvent] = []
    delivered = hold(upload(of_bytes(sample, stego), events.append), server)
    assert delivered.receipt == RECEIPT
    assert bytes(server.has) == stego
    assert server.ended == PushEnd(len(stego), hashlib.sha256(stego).digest())
    sent = [event.done for event in events if event.stage is Stage.SEND]
    assert sent == sorted(sent)
    assert sent[-1] == len(stego)
    stored = [(event.done, event.total) for event in events if event.stage is Stage.STORE]
    assert stored == [(0, len(stego)), (len(stego), len(stego))]


def test_a_refusal_that_comes_early_ends_the_sending_and_the_upload(sample: Prepared) -> None:
    server = ServerByHand(refuse_after=1)
    with pytest.raises(Refused, match="enough"):
        hold(upload(of_bytes(sample, bytes(5 * CHUNK_BYTES))), server)
    assert len(server.has) == CHUNK_BYTES
    assert server.ended is not None


@pytest.mark.parametrize("reason", [None, Refusal("shutting_down", "bye", 1.0)])
def test_a_connection_that_breaks_is_told_from_one_that_said_why(
    sample: Prepared, reason: Refusal | None
) -> None:
    server = ServerByHand()

    def breaking(step: Step) -> Outcome:
        if isinstance(step, Send):
            server.answers += [] if reason is None else [reason]
            raise OSError
        return server(step)

    with pytest.raises(ConnectionFailed if reason is None else Refused, match=r"cut|bye"):
        hold(upload(of_bytes(sample, b"some bytes")), breaking)


def test_a_receipt_is_believed_for_our_bytes_alone(sample: Prepared) -> None:
    other = replace(of_bytes(sample, b"stego"), secret_sha256=bytes(32))
    with pytest.raises(Damaged):
        hold(upload(other), ServerByHand())
    unknown = replace(other, secret_sha256=None)
    assert hold(upload(unknown), ServerByHand()).receipt == RECEIPT


def test_an_echo_is_the_same_token() -> None:
    conversation = echo(b"token")
    assert next(conversation) == Say(Ping(b"token"))
    assert conversation.send(None) == Hear()
    with pytest.raises(ProtocolError):
        conversation.send(Pong(b"other"))


def test_what_is_out_of_turn_is_a_protocol_error(sample: Prepared) -> None:
    conversation = upload(of_bytes(sample, b"stego"))
    assert isinstance(next(conversation), Say)
    assert conversation.send(None) == Hear()
    with pytest.raises(ProtocolError, match="Pong out of turn"):
        conversation.send(Pong(b""))
