"""Which texts are paths."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from underpaint_common.path_type import PathType


def test_files_and_folders(tmp_path: Path) -> None:
    assert PathType(path_type=Path).convert("a/b", None, None) == Path("a/b")
    assert PathType(path_type=str, allow_dash=True).convert("-", None, None) == "-"
    assert PathType(path_type=str).convert(f"{tmp_path}/", None, None) == f"{tmp_path}/"
    assert PathType(path_type=Path, folder=True).convert("new/", None, None) == Path("new")


@pytest.mark.parametrize("text", ["", "a\0b", "new/", "new.png//"])
def test_what_is_no_file(text: str) -> None:
    with pytest.raises(click.BadParameter):
        PathType(path_type=Path).convert(text, None, None)


@pytest.mark.parametrize("text", ["", "a\0b/"])
def test_what_is_no_folder(text: str) -> None:
    with pytest.raises(click.BadParameter):
        PathType(path_type=Path, folder=True).convert(text, None, None)
