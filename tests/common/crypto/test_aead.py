"""A256CBC-HS512 against RFC 7518, Wycheproof, and itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from Crypto.Cipher import AES
from Crypto.Util.Padding import pad
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.crypto import aead

# RFC 7518, appendix B.3
RFC_KEY = bytes(range(64))
RFC_IV = bytes.fromhex("1af38c2dc2b96ffdd86694092341bc04")
RFC_ASSOCIATED = b"The second principle of Auguste Kerckhoffs"
RFC_PLAINTEXT = (
    b"A cipher system must not be required to be secret, and it must be able to fall into the "
    b"hands of the enemy without inconvenience"
)
RFC_SEALED = bytes.fromhex(
    "4affaaadb78c31c5da4b1b590d10ffbd3dd8d5d302423526912da037ecbcc7bd822c301dd67c373bccb584ad3e9279c2"
    "e6d12a1374b77f077553df829410446b36ebd97066296ae6427ea75c2e0846a11a09ccf5370dc80bfecbad28c73f09b3"
    "a3b75e662a2594410ae496b2e2e6609e31e6e02cc837f053d21f37ff4f51950bbe2638d09dd7a4930930806d0703b1f6"
    "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5"
)

keys = st.binary(min_size=64, max_size=64)
ivs = st.binary(min_size=16, max_size=16)
texts = st.binary(max_size=100)


def test_rfc_7518_appendix_b3() -> None:
    assert aead.seal(RFC_KEY, RFC_IV, RFC_ASSOCIATED, RFC_PLAINTEXT) == RFC_SEALED
    assert aead.open_sealed(RFC_KEY, RFC_IV, RFC_ASSOCIATED, RFC_SEALED) == RFC_PLAINTEXT


def test_wycheproof(shared: Path) -> None:
    vectors = json.loads((shared / "vectors/wycheproof-a256cbc-hs512.json").read_bytes())
    cases = [case for group in vectors["testGroups"] for case in group["tests"]]
    assert len(cases) == vectors["numberOfTests"]
    for case in cases:
        key, iv, associated, plaintext, ciphertext, tag = (
            bytes.fromhex(case[name]) for name in ("key", "iv", "aad", "msg", "ct", "tag")
        )
        if case["result"] == "valid":
            sealed = aead.seal(key, iv, associated, plaintext)
            assert sealed == ciphertext + tag, case["tcId"]
            assert aead.open_sealed(key, iv, associated, sealed) == plaintext, case["tcId"]
        else:
            with pytest.raises(aead.AuthenticationFailed):
                aead.open_sealed(key, iv, associated, ciphertext + tag)


@given(keys, ivs, texts, texts)
def test_opens_what_was_sealed(key: bytes, iv: bytes, associated: bytes, text: bytes) -> None:
    sealed = aead.seal(key, iv, associated, text)
    assert len(sealed) == aead.sealed_length(len(text))
    assert aead.open_sealed(key, memoryview(iv), bytearray(associated), memoryview(sealed)) == text


@given(st.binary(max_size=40), st.binary(max_size=100))
def test_sealing_in_two_parts_is_sealing_the_whole(head: bytes, body: bytes) -> None:
    out = bytearray(aead.sealed_length(len(head) + len(body)))
    aead.seal_into(memoryview(out), RFC_KEY, RFC_IV, b"", head, body)
    assert out == aead.seal(RFC_KEY, RFC_IV, b"", head + body)


@given(ivs, st.integers(0, 70_000), st.integers(0, 255))
def test_what_the_library_encrypts_in_cbc_is_opened(iv: bytes, length: int, byte: int) -> None:
    text = bytes([byte]) * length
    encrypted = AES.new(RFC_KEY[32:], AES.MODE_CBC, iv=iv).encrypt(pad(text, 16))
    tag = aead.seal(RFC_KEY, iv, b"", text)[-aead.TAG_BYTES :]
    assert aead.open_sealed(RFC_KEY, iv, b"", encrypted + tag) == text


@given(texts, st.integers(0, 15))
def test_opens_in_place_at_any_alignment(text: bytes, offset: int) -> None:
    buffer = bytearray(offset) + aead.seal(RFC_KEY, RFC_IV, b"", text)
    opened = aead.open_in_place(RFC_KEY, RFC_IV, b"", memoryview(buffer)[offset:])
    assert opened == text
    assert buffer[offset : offset + len(text)] == text


@given(texts, st.data())
def test_every_flipped_bit_is_refused(text: bytes, data: st.DataObject) -> None:
    parts = [RFC_IV, b"label", aead.seal(RFC_KEY, RFC_IV, b"label", text)]
    part = data.draw(st.integers(0, 2))
    bit = data.draw(st.integers(0, 8 * len(parts[part]) - 1))
    flipped = bytearray(parts[part])
    flipped[bit // 8] ^= 1 << bit % 8
    parts[part] = bytes(flipped)
    with pytest.raises(aead.AuthenticationFailed):
        aead.open_sealed(RFC_KEY, *parts)


@given(st.binary(max_size=200))
def test_any_bytes_open_or_are_refused(noise: bytes) -> None:
    with pytest.raises(aead.AuthenticationFailed):
        aead.open_sealed(RFC_KEY, RFC_IV, b"", noise)


def test_nothing_is_decrypted_before_the_tag_is_right() -> None:
    buffer = bytearray(aead.seal(RFC_KEY, RFC_IV, b"", RFC_PLAINTEXT))
    buffer[-1] ^= 1
    before = bytes(buffer)
    with pytest.raises(aead.AuthenticationFailed):
        aead.open_in_place(RFC_KEY, RFC_IV, b"", memoryview(buffer))
    assert buffer == before


def test_a_key_of_another_length_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="64 bytes, not 32"):
        aead.seal(bytes(32), RFC_IV, b"", b"")
