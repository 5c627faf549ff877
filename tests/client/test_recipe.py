"""What the same push is known by; what makes it another one is in test_pending."""

from __future__ import annotations

from pathlib import Path

import pytest

from underpaint_client.recipe import file_sha256
from underpaint_common.errors import LocalFileError


def test_files_are_told_apart_by_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"same")
    assert file_sha256(tmp_path / "a") == file_sha256(b"same") != file_sha256(b"other")
    with pytest.raises(LocalFileError, match="cannot read"):
        file_sha256(tmp_path / "b")
