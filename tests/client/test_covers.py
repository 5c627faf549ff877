"""One cover by name: taken for every secret, and said to give the method away."""

from __future__ import annotations

from pathlib import Path

import pytest

from underpaint_client.covers import NamedCover
from underpaint_client.prepare import samples_sha256
from underpaint_common.errors import LocalFileError
from underpaint_common.pictures import Limits, read_picture


@pytest.mark.parametrize("used_at", [None, "2031-05-06T07:08:09Z"])
def test_it_warns_once_of_an_earlier_run_or_of_a_second_secret(
    cover: Path, used_at: str | None
) -> None:
    told: list[str] = []
    asked: list[bytes] = []

    def when(digest: bytes) -> str | None:
        asked.append(digest)
        return used_at

    named = NamedCover(cover, Limits(), keep_metadata=False, used_at=when, tell=told.append)
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
    def named(source: Path | bytes) -> NamedCover:
        return NamedCover(source, Limits(), keep_metadata=False, used_at=lambda _: None, tell=print)

    assert named(cover.read_bytes()).take(1).path is None
    with pytest.raises(LocalFileError):
        named(tmp_path / "missing.png").take(1)
