"""The key stream: fixed by its key alone."""

from __future__ import annotations

import pytest
from Crypto.Cipher import AES
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.crypto.keystream import KeyStream

KEY = bytes(range(32))


def test_is_aes_of_a_counter_from_zero() -> None:
    blocks = AES.new(KEY, AES.MODE_ECB)
    expected = b"".join(blocks.encrypt(i.to_bytes(16, "big")) for i in range(300))
    assert KeyStream(KEY).read(len(expected)) == expected


def test_a_published_value() -> None:
    # NIST AESAVS, AES-256 with an all-zero key and block
    stream = KeyStream(bytes(32))
    assert stream.read(16).hex() == "dc95c078a2408989ad48a21492842087"


@given(st.lists(st.integers(0, 200), max_size=8), st.booleans())
def test_the_sizes_taken_do_not_matter(sizes: list[int], filling: bool) -> None:
    stream = KeyStream(KEY)
    taken = b""
    for size in sizes:
        if filling:
            buffer = bytearray(b"\xaa" * size)
            stream.fill(buffer)
            taken += buffer
        else:
            taken += stream.read(size)
    assert taken == KeyStream(KEY).read(sum(sizes))


def test_fills_long_and_typed_buffers() -> None:
    buffer = bytearray(200_000)
    KeyStream(KEY).fill(memoryview(buffer).cast("I"))
    assert buffer == KeyStream(KEY).read(200_000)


def test_a_key_of_another_length_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 16"):
        KeyStream(bytes(16))
