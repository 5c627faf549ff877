"""Where a passphrase comes from."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from underpaint_client.passphrase import MAX_PASSPHRASE_BYTES, PassphraseSource, is_empty
from underpaint_common.errors import LocalFileError, UsageError


def source(file: str | None = None) -> PassphraseSource:
    return PassphraseSource("the test's passphrase", file, "UNDERPAINT_TEST_WORDS", "--words FILE")


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("caf\u00e9\n".encode())))
    assert source("-").read(twice=True) == "caf\u00e9\n"


def test_the_environment_is_asked_before_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERPAINT_TEST_WORDS", "words")
    assert source().read(twice=True) == "words"


def test_where_there_is_nobody_to_ask_the_ways_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNDERPAINT_TEST_WORDS", raising=False)
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(UsageError, match="the test's passphrase") as caught:
        source().read(twice=False)
    assert caught.value.hint == "give --words FILE, or set UNDERPAINT_TEST_WORDS"


def test_a_file_that_cannot_be_a_passphrase_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * (MAX_PASSPHRASE_BYTES + 1))
    (tmp_path / "binary").write_bytes(b"\xff")
    with pytest.raises(LocalFileError):
        source(str(tmp_path / "large")).read(twice=False)
    with pytest.raises(UsageError, match="UTF-8"):
        source(str(tmp_path / "binary")).read(twice=False)


def test_a_newline_alone_is_nothing() -> None:
    assert [is_empty(text) for text in ("", "\n", "\r\n", " ", "a\n")] == [True] * 3 + [False] * 2
