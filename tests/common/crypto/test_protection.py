"""Private keys under passphrases: opened by the right one alone, altered nowhere."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_common.crypto import passphrases, protection
from underpaint_common.crypto.keytext import PROTECTED_BYTES
from underpaint_common.crypto.passphrases import Cost
from underpaint_common.crypto.protection import protect, unprotect
from underpaint_common.errors import LocalFileError, UsageError

CHEAP = Cost(log2_n=4, r=1, p=1)
privates = st.binary(min_size=32, max_size=32)
words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: text.removesuffix("\n").removesuffix("\r") != ""
)


@given(privates, words)
def test_gives_back_the_key(private: bytes, passphrase: str) -> None:
    protected = protect(private, passphrase, CHEAP)
    assert len(protected) == PROTECTED_BYTES
    assert private not in protected
    assert unprotect(protected, passphrase) == private


@given(privates)
def test_the_same_key_and_passphrase_never_look_the_same(private: bytes) -> None:
    one, other = protect(private, "words", CHEAP), protect(private, "words", CHEAP)
    assert one[3:19] != other[3:19]
    assert one[19:] != other[19:]


@settings(deadline=None)
@given(st.integers(0, 8 * PROTECTED_BYTES - 1))
def test_every_single_bit_is_authenticated(bit: int) -> None:
    protected = bytearray(protect(bytes(range(32)), "words", CHEAP))
    protected[bit // 8] ^= 1 << bit % 8
    with pytest.raises(LocalFileError):
        unprotect(bytes(protected), "words")


def test_another_passphrase_is_told_and_not_repeated() -> None:
    protected = protect(bytes(32), "the right one", CHEAP)
    with pytest.raises(LocalFileError, match="passphrase") as caught:
        unprotect(protected, "the wrong one")
    assert "wrong one" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    "cost",
    [
        *((24, 8, 1), (17, 255, 1), (17, 8, 255), (0, 8, 1), (17, 0, 1), (17, 8, 0), (63, 1, 1)),
        *((16, 1, 1), (20, 1, 1), (22, 1, 2)),  # scrypt has none of these
    ],
)
def test_what_would_cost_too_much_is_refused_before_it_is_paid(
    cost: tuple[int, int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passphrases, "stretch", lambda *_: pytest.fail("it was paid"))
    with pytest.raises(LocalFileError, match="more work"):
        unprotect(bytes(cost) + bytes(PROTECTED_BYTES - 3), "words")


def test_every_cost_within_the_bounds_is_one_that_scrypt_has() -> None:
    for log2_n in range(1, 10):
        for r, p in ((1, 1), (1, 255), (255, 1)):
            with pytest.raises(LocalFileError, match="not that of this identity"):
                unprotect(bytes([log2_n, r, p]) + bytes(PROTECTED_BYTES - 3), "words")


def test_our_own_cost_is_within_the_bounds() -> None:
    cost = passphrases.COST
    assert cost.memory * 4 < protection.MOST_MEMORY
    assert (cost.r * cost.p << cost.log2_n) * 8 == protection.MOST_WORK


@given(st.binary(max_size=200).filter(lambda data: len(data) != PROTECTED_BYTES))
def test_another_length_is_no_protected_key(data: bytes) -> None:
    with pytest.raises(UsageError):
        unprotect(data, "words")
