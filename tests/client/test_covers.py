"""One cover by name: taken for every secret, and said to give the method away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from underpaint_client.claims import Claims
from underpaint_client.covers import NamedCover
from underpaint_client.prepare import samples_sha256
from underpaint_common.errors import LocalFileError
from underpaint_common.pictures import Limits, read_picture


def named_cover(
    source: Path | bytes,
    *,
    used_at: Callable[[bytes], str | None] = lambda _: None,
    claims: Claims | None = None,
    tell: Callable[[str], object] = print,
) -> NamedCover:
    claims = claims or Claims(None)
    return NamedCover(
        source, Limits(), keep_metadata=False, used_at=used_at, claim=claims.cover, tell=tell
    )


@pytest.mark.parametrize("used_at", [None, "2031-05-06T07:08:09Z"])
def test_it_warns_once_of_an_earlier_run_or_of_a_second_secret(
    cover: Path, used_at: str | None
) -> None:
    told: list[str] = []
    asked: list[bytes] = []

    def when(digest: bytes) -> str | None:
        asked.append(digest)
        return used_at

    named = named_cover(cover, used_at=when, tell=told.append)
    chosen = named.take(10)
    assert chosen.sha256 == samples_sha256(read_picture(cover))
    assert asked == [chosen.sha256]
    assert len(told) == (used_at is not None)
    assert all("was used before, on 2031-05-06" in each for each in told)
    named.give_back(chosen)
    for _ in range(3):
        named.take(10)
    assert sum("carries several secrets" in each for each in told) == 1


def test_bytes_have_no_path_and_what_cannot_be_read_is_said(cover: Path, tmp_path: Path) -> None:
    assert named_cover(cover.read_bytes()).take(1).path is None
    with pytest.raises(LocalFileError):
        named_cover(tmp_path / "missing.png").take(1)


def test_it_warns_while_another_process_has_it_in_hand(cover: Path, tmp_path: Path) -> None:
    ours, others = Claims(tmp_path / "claims"), Claims(tmp_path / "claims")
    told: list[str] = []
    first, second = (named_cover(cover, claims=ours, tell=told.append) for _ in range(2))
    theirs = named_cover(cover, claims=others, tell=told.append)
    chosen = first.take(10)
    again = second.take(10)
    assert told == [], "it is our own"
    assert theirs.take(10).claim is None
    assert ["is being used by another underpaint push" in each for each in told] == [True]
    first.give_back(chosen)
    assert theirs.take(10).claim is None, "one of two is still out"
    again.let_go()
    assert theirs.take(10).claim is not None
