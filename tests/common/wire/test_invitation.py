"""Invitations: an id that names a token without telling it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.crypto import kem
from underpaint_common.errors import ProtocolError
from underpaint_common.wire.invitation import (
    ID_BYTES,
    invitation_id,
    opening_payload,
    parse_opening_payload,
)

KEM_PUBLIC = bytes(range(256)) * 4 + bytes(160)


def test_the_id_of_a_token_is_fixed() -> None:
    assert invitation_id(bytes(range(32))).hex() == "ff9e948e94821572a29169cd"


def test_a_token_of_another_length_is_none() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 31"):
        invitation_id(bytes(31))


@given(st.none() | st.binary(min_size=ID_BYTES, max_size=ID_BYTES))
def test_reads_back_what_it_wrote(id_: bytes | None) -> None:
    assert parse_opening_payload(opening_payload(KEM_PUBLIC, id_)) == (KEM_PUBLIC, id_)


@given(st.binary(max_size=50) | st.integers(1100, 1300).map(bytes))
def test_every_other_length_is_refused(payload: bytes) -> None:
    if len(payload) in {kem.PUBLIC_BYTES, kem.PUBLIC_BYTES + ID_BYTES}:
        parse_opening_payload(payload)
        return
    with pytest.raises(ProtocolError, match=f"carries {len(payload)} bytes"):
        parse_opening_payload(payload)
