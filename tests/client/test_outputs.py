"""What may be written where."""

from __future__ import annotations

from pathlib import Path

import pytest

from underpaint_client.outputs import check_inputs, check_output
from underpaint_client.sources import picture_of, secret_of
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import LocalFileError, UsageError


def test_a_new_name_is_fine(tmp_path: Path) -> None:
    check_output(tmp_path / "new.png", (tmp_path / "cover.png",), overwrite=False)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_needs_force(tmp_path: Path) -> None:
    (tmp_path / "old.png").touch()
    with pytest.raises(LocalFileError, match="exists already"):
        check_output(tmp_path / "old.png", (), overwrite=False)
    check_output(tmp_path / "old.png", (), overwrite=True)


def test_a_dangling_link_counts_as_existing(tmp_path: Path) -> None:
    (tmp_path / "link.png").symlink_to(tmp_path / "nowhere")
    with pytest.raises(LocalFileError, match="exists already"):
        check_output(tmp_path / "link.png", (), overwrite=False)


@pytest.mark.parametrize("overwrite", [True, False])
def test_an_input_is_never_overwritten_whatever_it_is_called(
    tmp_path: Path, overwrite: bool
) -> None:
    cover = tmp_path / "cover.png"
    cover.touch()
    (tmp_path / "soft.png").symlink_to(cover)
    (tmp_path / "hard.png").hardlink_to(cover)
    (tmp_path / "folder").mkdir()
    for name in ("cover.png", "soft.png", "hard.png", "folder/../cover.png"):
        with pytest.raises(UsageError, match="never overwritten"):
            check_output(tmp_path / name, (b"bytes", str(cover)), overwrite=overwrite)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError, match="there is no folder"):
        check_output(tmp_path / "missing" / "a.png", (), overwrite=True)


def test_a_missing_input_is_told_and_standard_input_is_never_missing(tmp_path: Path) -> None:
    check_inputs("-", str(tmp_path))
    with pytest.raises(LocalFileError, match=r"no file .*none\.png"):
        check_inputs(str(tmp_path / "none.png"))


def test_a_nul_in_a_path_is_a_file_error_everywhere(tmp_path: Path) -> None:
    wrong = tmp_path / "a\0b.png"
    for use in (
        lambda: check_output(wrong, (), overwrite=True),
        lambda: picture_of(wrong),
        lambda: secret_of(wrong),
        lambda: Identity.load(wrong),
        lambda: Identity.generate().save(wrong),
    ):
        with pytest.raises(LocalFileError, match=r"a\\0b"):
            use()
    check_output(tmp_path / "out.png", (wrong,), overwrite=False)
