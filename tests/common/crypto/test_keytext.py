"""Key texts: what a person may paste wrongly is told, and nothing secret is repeated."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.crypto.keytext import KeyKind, decode, encode
from underpaint_common.errors import UsageError

kinds = st.sampled_from(KeyKind)
raws = st.binary(min_size=32, max_size=32)


@st.composite
def keys(draw: st.DrawFn) -> tuple[KeyKind, bytes]:
    kind = draw(kinds)
    return kind, draw(st.binary(min_size=kind.raw_bytes, max_size=kind.raw_bytes))


@given(keys())
def test_reads_back_what_it_wrote(key: tuple[KeyKind, bytes]) -> None:
    kind, raw = key
    text = encode(kind, raw)
    assert decode(kind, text) == raw
    assert decode(kind, f"  {text.upper()}\n") == raw
    assert re.fullmatch(r"[a-z0-9_]+", text)


@given(keys(), st.data())
def test_one_wrong_character_is_told(key: tuple[KeyKind, bytes], data: st.DataObject) -> None:
    kind, raw = key
    text = encode(kind, raw)
    place = data.draw(st.integers(len(kind.value), len(text) - 1))
    other = data.draw(
        st.sampled_from("abcdefghijklmnopqrstuvwxyz234567").filter(text[place].__ne__)
    )
    with pytest.raises(UsageError, match="mistyped"):
        decode(kind, text[:place] + other + text[place + 1 :])


@given(raws, st.integers(1, 57))
def test_a_cut_key_is_told(raw: bytes, missing: int) -> None:
    with pytest.raises(UsageError, match="cut") as caught:
        decode(KeyKind.PUBLIC, encode(KeyKind.PUBLIC, raw)[:-missing])
    assert str(58 - missing) in caught.value.message


@pytest.mark.parametrize("wanted", KeyKind)
@pytest.mark.parametrize("given_kind", KeyKind)
def test_another_kind_is_told_and_never_repeated(wanted: KeyKind, given_kind: KeyKind) -> None:
    raw = bytes(range(given_kind.raw_bytes))
    text = encode(given_kind, raw)
    if wanted is given_kind:
        assert decode(wanted, text) == raw
        return
    with pytest.raises(UsageError) as caught:
        decode(wanted, text)
    message = f"this is a {given_kind.described} where a {wanted.described} belongs"
    assert caught.value.message == message
    assert text[12:] not in f"{caught.value.message}{caught.value.hint}"


@given(kinds, st.text())
def test_any_text_is_a_key_or_a_usage_error(kind: KeyKind, text: str) -> None:
    for candidate in (text, kind.value + text):
        with pytest.raises(UsageError):
            decode(kind, candidate)


def test_the_text_of_a_key_never_changes() -> None:
    # Written into addresses and allow-lists: a change would lock people out.
    assert (
        encode(KeyKind.PUBLIC, bytes(range(32)))
        == "upub_aaaqeayeaudaocajbifqydiob4ibceqtcqkrmfyydenbwha5dyprplbs7a"
    )


@given(kinds)
def test_a_key_of_another_length_is_our_own_fault(kind: KeyKind) -> None:
    with pytest.raises(ValueError, match="bytes, not 7"):
        encode(kind, bytes(7))
