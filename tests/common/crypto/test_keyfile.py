"""Key files: nothing is left behind when writing fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from underpaint_common.crypto import keyfile
from underpaint_common.crypto.keytext import KeyKind
from underpaint_common.errors import LocalFileError


def test_a_full_disk_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(descriptor: int) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(LocalFileError, match="no space left"):
        keyfile.write(tmp_path / "key", KeyKind.SHARED, bytes(32))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalFileError, match="cannot write the key file"):
        keyfile.write(tmp_path / "file" / "key", KeyKind.SHARED, bytes(32))


def test_the_file_is_one_line_of_text(tmp_path: Path) -> None:
    keyfile.write(tmp_path / "key", KeyKind.SHARED, bytes(32))
    text = (tmp_path / "key").read_text()
    assert text.startswith("ushared_")
    assert text.count("\n") == 1
    assert text.endswith("\n")
