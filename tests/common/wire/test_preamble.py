"""The preamble: 8 bytes, and what each answer to them means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.errors import ProtocolError, VersionMismatch
from underpaint_common.wire import PREAMBLE
from underpaint_common.wire.preamble import check_from_client, refuse_from_server


def test_its_bytes() -> None:
    assert PREAMBLE.hex() == "555041494e540001"


def test_a_server_takes_its_own_version_alone() -> None:
    check_from_client(PREAMBLE)
    with pytest.raises(VersionMismatch, match="version 2, this server version 1"):
        check_from_client(PREAMBLE[:-1] + b"\x02")


def test_a_client_says_that_the_answer_is_unauthenticated() -> None:
    with pytest.raises(VersionMismatch, match=r"unauthenticated.* version 258, .* version 1"):
        refuse_from_server(PREAMBLE[:-2] + b"\x01\x02")


def test_a_refusal_of_the_same_version_makes_no_sense() -> None:
    with pytest.raises(ProtocolError, match="refused the version"):
        refuse_from_server(PREAMBLE)


@given(st.binary(max_size=12).filter(lambda noise: not noise.startswith(PREAMBLE[:6])))
def test_anything_else_is_another_protocol(noise: bytes) -> None:
    for check in (check_from_client, refuse_from_server):
        with pytest.raises(ProtocolError, match="does not speak"):
            check(noise)
