"""X25519 against RFC 7748 and Wycheproof."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.crypto import x25519

# RFC 7748, section 6.1
ALICE = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
ALICE_PUBLIC = bytes.fromhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
BOB = bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
BOB_PUBLIC = bytes.fromhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
SHARED = bytes.fromhex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
LOW_ORDER = [
    bytes(32),
    bytes([1]) + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
]


def test_rfc_7748_section_6_1() -> None:
    assert x25519.public_from(ALICE) == ALICE_PUBLIC
    assert x25519.public_from(BOB) == BOB_PUBLIC
    assert x25519.agree(ALICE, BOB_PUBLIC) == SHARED
    assert x25519.agree(BOB, ALICE_PUBLIC) == SHARED


def test_wycheproof(shared: Path) -> None:
    vectors = json.loads((shared / "vectors/wycheproof-x25519.json").read_bytes())
    cases = [case for group in vectors["testGroups"] for case in group["tests"]]
    assert len(cases) == vectors["numberOfTests"]
    for case in cases:
        private, public, shared_secret = (
            bytes.fromhex(case[name]) for name in ("private", "public", "shared")
        )
        if any(shared_secret):
            assert x25519.agree(private, public) == shared_secret, case["tcId"]
        else:
            with pytest.raises(x25519.BadPublicKey):
                x25519.agree(private, public)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_both_sides_agree(one: bytes, other: bytes) -> None:
    there = x25519.agree(one, x25519.public_from(other))
    assert there == x25519.agree(other, x25519.public_from(one))


@pytest.mark.parametrize("public", LOW_ORDER, ids=bytes.hex)
def test_low_order_points_are_refused(public: bytes) -> None:
    with pytest.raises(x25519.BadPublicKey):
        x25519.agree(x25519.generate(), public)


@given(st.binary(max_size=64))
def test_any_bytes_are_a_public_key_or_are_refused(noise: bytes) -> None:
    try:
        assert len(x25519.agree(ALICE, noise)) == 32
    except x25519.BadPublicKey:
        assert len(noise) != 32 or noise in LOW_ORDER


def test_generated_keys_differ() -> None:
    assert x25519.generate() != x25519.generate()
