"""The header: recognised by its key alone, bound to its picture, and noise to others."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.errors import Damaged, NothingFound
from underpaint_common.payload import header as module
from underpaint_common.payload.header import Geometry, Header, open_header, seal_header
from underpaint_common.payload.keys import PayloadKeys
from underpaint_common.payload.modes import Mode
from underpaint_common.stego.reserved import HEADER_BYTES

KEYS = PayloadKeys(bytes(range(32)))
GEOMETRY = Geometry(640, 480, 3, 8)
NONCE = bytes(range(100, 116))
UINT32 = st.integers(0, 2**32 - 1)
HEADERS = st.builds(
    Header,
    st.sampled_from([Mode.CLASSIC, Mode.PLANES]),
    st.integers(0, 8),
    UINT32,
    st.tuples(UINT32, UINT32),
)


@given(HEADERS, st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32))
def test_a_header_opens_under_its_key_and_no_other(header, nonce, key):
    sealed = seal_header(header, nonce, GEOMETRY, PayloadKeys(key))
    assert len(sealed) == HEADER_BYTES
    assert open_header(sealed, GEOMETRY, PayloadKeys(key)) == (header, nonce)
    other = PayloadKeys(bytes(byte ^ 1 for byte in key))
    with pytest.raises(NothingFound):
        open_header(sealed, GEOMETRY, other)


def test_every_flipped_bit_makes_it_nothing():
    sealed = seal_header(Header(Mode.PLANES, 1, 1000), NONCE, GEOMETRY, KEYS)
    for bit in range(8 * HEADER_BYTES):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(NothingFound):
            open_header(bytes(changed), GEOMETRY, KEYS)


@pytest.mark.parametrize("field", ["width", "height", "channels", "bit_depth"])
def test_it_cannot_be_moved_to_a_picture_of_another_shape(field):
    sealed = seal_header(Header(Mode.PLANES, 1, 1000), NONCE, GEOMETRY, KEYS)
    other = dataclasses.replace(GEOMETRY, **{field: getattr(GEOMETRY, field) + 1})
    with pytest.raises(NothingFound):
        open_header(sealed, other, KEYS)


def test_a_genuine_header_of_another_version_says_so(monkeypatch):
    monkeypatch.setattr(module, "_VERSION", 9)
    sealed = seal_header(Header(Mode.PLANES, 1, 1000), NONCE, GEOMETRY, KEYS)
    monkeypatch.undo()
    with pytest.raises(Damaged, match="does not know") as caught:
        open_header(sealed, GEOMETRY, KEYS)
    assert "newer" in str(caught.value.hint)


@given(st.binary(min_size=HEADER_BYTES, max_size=HEADER_BYTES))
def test_any_48_bytes_are_nothing(noise):
    with pytest.raises(NothingFound):
        open_header(noise, GEOMETRY, KEYS)


def test_the_format_is_what_it_was():
    sealed = seal_header(Header(Mode.PLANES, 2, 0x01020304, (5, 6)), NONCE, GEOMETRY, KEYS)
    assert sealed.hex() == (
        "6465666768696a6b6c6d6e6f70717273"
        "e2e7d3a7e80766c5bd7bc9e1dc9e9bf1"
        "09f5f6a0765545115c2d55f5bafb4755"
    )


def test_keys_do_not_show_themselves():
    assert KEYS.stego_key.hex() not in repr(KEYS)
    assert "cipher" not in repr(KEYS.body(NONCE))
