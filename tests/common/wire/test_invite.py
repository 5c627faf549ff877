"""The line that is handed over: it reads back, and what is wrong with it is told."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import UsageError
from underpaint_common.wire import Address
from underpaint_common.wire.invite import Invite, format_moment, is_client_name, parse_moment

SERVER = Identity(bytes(range(32)))
UNTIL = datetime(2026, 5, 1, 12, 30, 15, tzinfo=UTC)
LINE = Invite(Address("images.example.org", 7741, SERVER.public), "alice", UNTIL, bytes(32))

names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
moments = st.integers(0, 10**11).map(lambda ms: EPOCH + timedelta(milliseconds=ms))
hosts = st.sampled_from(["127.0.0.1", "::1", "images.example.org", "a-b"])


@given(names, moments, hosts, st.integers(1, 65535), st.binary(min_size=32, max_size=32))
def test_reads_back_what_it_wrote(
    name: str, until: datetime, host: str, port: int, token: bytes
) -> None:
    whole = until.replace(microsecond=0)
    invite = Invite(Address(host, port, SERVER.public), name, whole, token)
    assert Invite.parse(f"  {invite}\n") == invite
    assert not set(str(invite)) & set(" \t\n\"'$`\\&;|<>()*?!")


def test_the_line_never_changes() -> None:
    # Handed out on paper and in messages: another form would lock people out.
    assert str(LINE) == (
        "underpaint-invite://images.example.org:7741/alice/20260501T123015Z"
        "#upub_r5amllnwr4swesxfwikou5t2n3eu3au5hv5v4gwrxjxt4ijyfbp4zbv74m"
        ".uinvite_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaacm2wasa"
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (lambda line: line[:40], "is cut"),
        (lambda line: line.partition(".uinvite")[0], "is cut|cut or has"),
        (lambda line: line[:-3], "cut or has something added"),
        (lambda line: line[:-1] + ("a" if line[-1] != "a" else "b"), "mistyped"),
        (lambda line: line.replace("/alice/", "/-/"), "no usable name"),
        (lambda line: line.replace("20260501", "20261301"), "moment"),
        (lambda line: line.replace("20260501", "0260501"), "moment"),
        (lambda line: line.replace(":7741", ":99999"), "port"),
        (lambda line: line.replace("underpaint-invite", "https"), "no invitation"),
        (lambda line: line.replace("uinvite_", "ushared_"), "shared key where"),
    ],
)
def test_what_is_wrong_is_told(changed: object, message: str) -> None:
    assert callable(changed)
    with pytest.raises(UsageError, match=message) as caught:
        Invite.parse(changed(str(LINE)))
    assert "a" * 20 not in f"{caught.value.message} {caught.value.hint}"


@given(st.text())
def test_any_text_is_an_invitation_or_a_usage_error(text: str) -> None:
    for line in (text, f"underpaint-invite://{text}", f"underpaint-invite://h/a/{text}"):
        with contextlib.suppress(UsageError):
            Invite.parse(line)
            pytest.fail("nobody made this")


def test_its_repr_does_not_tell_the_token() -> None:
    assert repr(bytes(32)) not in repr(LINE)


@given(moments)
def test_moments_are_in_utc_and_to_the_second(moment: datetime) -> None:
    assert parse_moment(format_moment(moment)) == moment.replace(microsecond=0)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-x", "a b", "ä", "x" * 65, "a\n"])
def test_names_that_cannot_be_folders(name: str) -> None:
    assert not is_client_name(name)
