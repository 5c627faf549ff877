"""Sub-keys: one for each purpose, bound to what they belong to, and never shown."""

from __future__ import annotations

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.payload.keys import PayloadKeys

KEYS = st.binary(min_size=32, max_size=32).map(PayloadKeys)
SALTS = st.binary(min_size=1, max_size=64)
# All of one length, as the real ones: HMAC's key is filled up with zeros.
BOUND = st.binary(min_size=16, max_size=16)


def everything(keys: PayloadKeys, salt: bytes, nonce: bytes) -> list[bytes]:
    """Return the first bytes of all that a stego key gives birth to."""
    body = keys.body(nonce)
    return [
        keys.salt_positions()(16),
        keys.salt(b"values")[:16],
        keys.header_positions(salt)(16),
        keys.header_cipher()[:16],
        keys.header_mac()[:16],
        body.cipher[:16],
        body.cipher[32:48],
        body.iv,
        body.positions()(16),
        body.coins()(16),
    ]


@given(KEYS, SALTS, SALTS)
def test_no_two_purposes_share_a_key(keys, salt, nonce):
    made = everything(keys, salt, nonce)
    assert len(set(made)) == len(made)


@given(KEYS, KEYS, SALTS)
def test_another_stego_key_changes_everything(one, other, salt):
    pairs = zip(everything(one, salt, salt), everything(other, salt, salt), strict=True)
    assert one == other or all(a != b for a, b in pairs)


@given(KEYS, BOUND, BOUND)
def test_the_header_is_bound_to_the_cover_and_the_body_to_its_nonce(keys, one, other):
    if one == other:
        return
    assert keys.header_positions(one)(16) != keys.header_positions(other)(16)
    assert keys.body(one).cipher != keys.body(other).cipher
    assert keys.body(one).positions()(16) != keys.body(other).positions()(16)


@given(KEYS)
def test_streams_start_anew_each_time(keys):
    body = keys.body(b"n")
    assert body.positions()(64) == body.positions()(64)
    assert body.coins()(64) == body.coins()(64)


def test_derivation_is_hkdf_as_rfc_5869_has_it():
    key, salt = bytes(range(32)), b"s" * 16
    extracted = hmac.digest(salt, key, hashlib.sha512)
    expanded = hmac.digest(extracted, b"underpaint/1 body iv\x01", hashlib.sha512)
    assert PayloadKeys(key).body(salt).iv == expanded[:16]


@given(KEYS)
def test_keys_stay_out_of_texts(keys):
    shown = repr(keys) + repr(keys.body(b"n")) + str(keys.body(b"n"))
    assert repr(keys.stego_key) not in shown
    assert repr(keys.body(b"n").cipher) not in shown
