"""The receive buffer: bytes come out in order, and views hold until the next `writable`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.wire.buffer import ReceiveBuffer


def taken(view: memoryview | None) -> bytes | None:
    return None if view is None else bytes(view)


def put(buffer: ReceiveBuffer, data: bytes) -> int:
    view = buffer.writable()
    assert len(view) > 0
    count = min(len(view), len(data))
    view[:count] = data[:count]
    buffer.received(count)
    return count


@given(st.binary(max_size=400), st.lists(st.integers(1, 70), min_size=1), st.integers(1, 50))
def test_bytes_come_out_in_order(data: bytes, takes: list[int], capacity: int) -> None:
    buffer = ReceiveBuffer(capacity)
    given_in, come_out, turn = 0, b"", 0
    while given_in < len(data):
        given_in += put(buffer, data[given_in:])
        while (part := buffer.take(takes[turn % len(takes)])) is not None:
            come_out += part
            turn += 1
    rest = buffer.take(len(buffer))
    assert rest is not None
    assert come_out + bytes(rest) == data


def test_what_was_taken_stays_until_the_next_writable() -> None:
    buffer = ReceiveBuffer(8)
    put(buffer, b"abcdefgh")
    first, second = buffer.take(3), buffer.take(3)
    assert buffer.take(12) is None
    assert (taken(first), taken(second)) == (b"abc", b"def")


def test_grows_only_to_what_is_needed_at_once() -> None:
    buffer = ReceiveBuffer(8)
    put(buffer, b"abcdefgh")
    assert taken(buffer.take(6)) == b"abcdef"
    assert buffer.take(8) is None
    assert len(buffer.writable()) == 6
    assert buffer.take(90) is None
    assert len(buffer.writable()) == 88
    assert buffer.size == 90
    put(buffer, bytes(88))
    assert taken(buffer.take(90)) == b"gh" + bytes(88)


def test_no_more_is_received_ahead_than_it_holds_at_first() -> None:
    buffer = ReceiveBuffer(8)
    assert buffer.take(90) is None
    put(buffer, bytes(90))
    assert buffer.take(90) is not None
    assert len(buffer.writable()) == 8


def test_shrinks_with_what_was_not_taken_and_never_under_a_long_record() -> None:
    buffer = ReceiveBuffer(8)
    assert buffer.take(20) is None
    put(buffer, bytes(20))
    view = buffer.take(20)
    put(buffer, b"abc")
    buffer.shrink()
    assert buffer.size == 8
    assert taken(buffer.take(3)) == b"abc"
    assert taken(view) is not None  # it was handed out, and stays
    assert buffer.take(9) is None
    put(buffer, b"abcdefgh")
    buffer.shrink()
    assert buffer.size == 9
    put(buffer, b"i")
    assert taken(buffer.take(9)) == b"abcdefghi"


def test_peek_takes_nothing() -> None:
    buffer = ReceiveBuffer(8)
    assert buffer.peek(2) is None
    put(buffer, b"ab")
    assert buffer.peek(2) == b"ab"
    assert taken(buffer.take(2)) == b"ab"


def test_more_than_fits_cannot_have_been_received() -> None:
    buffer = ReceiveBuffer(8)
    for count in (-1, 9):
        with pytest.raises(ValueError, match="received"):
            buffer.received(count)


def test_clear_forgets() -> None:
    buffer = ReceiveBuffer(8)
    put(buffer, b"abcdefgh")
    buffer.clear()
    assert len(buffer) == 0
    assert len(buffer.writable()) == 8
