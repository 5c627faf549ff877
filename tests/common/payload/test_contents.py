"""The body's plaintext: comes back exact, or is refused; never anything else."""

from __future__ import annotations

import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.errors import Damaged, UnderpaintError, UnusableImage
from underpaint_common.payload.contents import (
    MOST_OVERHEAD,
    Contents,
    decode_contents,
    encode_contents,
)
from underpaint_common.payload.modes import Form

PLENTY = 1 << 20
CONTENTS = st.builds(
    Contents,
    st.sampled_from(Form),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
    st.sampled_from(["image/png", "image/jpeg", "application/octet-stream"]),
    st.binary(max_size=3000) | st.binary(max_size=9).map(lambda part: part * 500),
)


@given(CONTENTS)
def test_contents_come_back_exactly(contents):
    encoded = encode_contents(contents)
    assert decode_contents(encoded, max_bytes=PLENTY) == contents
    assert len(encoded) <= len(contents.data) + MOST_OVERHEAD


def test_what_deflates_is_deflated():
    contents = Contents(Form.FILE, "a.bmp", "image/bmp", bytes(100_000))
    assert len(encode_contents(contents)) < 1000


@given(st.binary(max_size=300))
def test_any_bytes_parse_or_are_damaged(noise):
    with pytest.raises((Damaged, UnusableImage)):
        decode_contents(noise, max_bytes=PLENTY)


@given(CONTENTS, st.data())
def test_a_changed_byte_never_gives_another_secret(contents, data):
    encoded = bytearray(encode_contents(contents))
    position = data.draw(st.integers(0, len(encoded) - 1))
    encoded[position] ^= data.draw(st.integers(1, 255))
    try:
        decoded = decode_contents(encoded, max_bytes=PLENTY)
    except UnderpaintError:
        return
    # Name, type and form are covered by the AEAD around; the data has its hash besides.
    assert decoded.data == contents.data


@given(CONTENTS, st.integers(1, 40))
def test_a_cut_or_lengthened_body_is_damaged(contents, count):
    encoded = encode_contents(contents)
    for wrong in (encoded[:-count], encoded + bytes(count)):
        with pytest.raises(Damaged):
            decode_contents(wrong, max_bytes=PLENTY)


def test_a_bomb_is_not_inflated_past_what_it_says():
    honest = Contents(Form.FILE, "", "", bytes(1000))
    encoded = encode_contents(honest)
    bomb = encoded[: MOST_OVERHEAD - 400] + zlib.compress(bytes(50_000_000), 9)
    with pytest.raises(Damaged):
        decode_contents(bomb, max_bytes=PLENTY)


def test_a_secret_above_the_limit_is_refused_before_inflation():
    encoded = encode_contents(Contents(Form.FILE, "", "", bytes(PLENTY + 1)))
    with pytest.raises(UnusableImage, match="more than the limit"):
        decode_contents(encoded, max_bytes=PLENTY)


def test_the_hash_is_that_of_the_data():
    contents = Contents(Form.FILE, "n", "t", b"data")
    assert contents.sha256 == hashlib.sha256(b"data").digest()
