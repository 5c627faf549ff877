"""What the words of a push mean, and which do not go together."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from underpaint_client.cli.push_words import is_one, tasks_of
from underpaint_common.errors import ExitCode, LocalFileError, UsageError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("scans/b.png", "scans/a.pdf", "scans/.hidden", "scans/below/c.png", "d.png"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(b"x")
    Path("empty").mkdir()
    return tmp_path


def test_folders_are_taken_apart_and_nothing_comes_twice() -> None:
    assert tasks_of(("d.png", "scans", "scans/b.png", "./d.png")) == [
        "d.png",
        "scans/a.pdf",
        "scans/b.png",
    ]
    assert tasks_of(("-",)) == ["-"]
    assert tasks_of(("missing.png",)) == ["missing.png"], "reading tells better"


def test_links_that_lead_to_themselves_are_told_when_they_are_read(folder: Path) -> None:
    (folder / "loop.png").symlink_to("loop.png")
    (folder / "scans" / "loop.png").symlink_to("loop.png")
    assert tasks_of(("loop.png", "scans")) == ["loop.png", "scans/a.pdf", "scans/b.png"]


def test_a_folder_of_nothing_or_of_no_access_is_said(folder: Path) -> None:
    with pytest.raises(UsageError, match="no file in the folder empty"):
        tasks_of(("empty",))
    if os.geteuid():  # pragma: no cover - root may read everything
        (folder / "scans").chmod(0)
        with pytest.raises(LocalFileError, match="cannot read"):
            tasks_of(("scans",))


def test_one_is_a_file_or_a_stream() -> None:
    assert is_one(("d.png",))
    assert is_one(("-",))
    assert not is_one(("scans",))
    assert not is_one(("d.png", "scans/b.png"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["d.png"], "no cover is named"),
        (["--prepared", "d.png", "--cover", "d.png"], "needs no cover"),
        (["d.png", "-", "--cover", "d.png"], "standard input"),
        (["scans", "--cover", "d.png", "--keep-stego", "k.png"], "several are to be sent"),
    ],
)
def test_what_contradicts_itself_is_refused(run: Any, words: list[str], message: str) -> None:
    to = "underpaint://h:1/#upub_deo2srzytnbmjy2g5cs7y43gkadmi37wlbc56zckxtfrkqiux4qawqicyy"
    code, _, err = run("push", *words, "--to", to)
    assert code == ExitCode.USAGE
    assert message in err
