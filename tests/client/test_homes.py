"""Home folders, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from underpaint_client.homes import expanded, home_folder
from underpaint_common.errors import UsageError


@pytest.mark.parametrize("home", ["", "relative", "./here"])
def test_a_home_that_is_no_place_is_wrong(monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    monkeypatch.setenv("HOME", home)
    for use in (home_folder, lambda: expanded(Path("~/x"))):
        with pytest.raises(UsageError, match="HOME"):
            use()


def test_a_user_without_home_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)
    with pytest.raises(UsageError, match="no home folder"):
        home_folder()


def test_paths_are_expanded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert expanded(Path("~/keys/a")) == tmp_path / "keys" / "a"
    assert expanded(Path("~")) == tmp_path
    assert expanded(Path("keys/~a")) == Path("keys/~a")
    with pytest.raises(UsageError, match="no user nosuchuser"):
        expanded(Path("~nosuchuser/x"))
