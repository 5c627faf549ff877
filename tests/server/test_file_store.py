"""Files of secrets: staged, placed, never over one another."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from underpaint_server.disk import Disk
from underpaint_server.file_store import FileStore


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    inbox, incoming = tmp_path / "inbox", tmp_path / "incoming"
    inbox.mkdir()
    incoming.mkdir()
    return inbox, incoming


class NoHardLinks(Disk):
    """A file system such as exFAT."""

    def link_new(self, source: Path, target: Path) -> None:
        real = Path.hardlink_to

        def refuse(self: Path, target: object) -> None:
            raise OSError(errno.EPERM, "Operation not permitted")

        try:
            Path.hardlink_to = refuse  # type: ignore[method-assign] # a file system's answer
            super().link_new(source, target)
        finally:
            Path.hardlink_to = real  # type: ignore[method-assign] # restored


@pytest.mark.parametrize("disk", [Disk(), NoHardLinks()], ids=["links", "no links"])
def test_a_staged_secret_gets_its_place(folders: tuple[Path, Path], disk: Disk) -> None:
    store = FileStore(*folders, disk)
    store.stage("1", b"secret")
    assert store.staged() == ["1"]
    assert not store.is_taken("alice/cat.png")
    store.place("1", "alice/cat.png")
    assert store.staged() == []
    assert store.is_taken("alice/cat.png")
    assert Path(store.where("alice/cat.png")).read_bytes() == b"secret"
    assert Path(store.where("alice/cat.png")).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("disk", [Disk(), NoHardLinks()], ids=["links", "no links"])
def test_no_name_overwrites_another(folders: tuple[Path, Path], disk: Disk) -> None:
    store = FileStore(*folders, disk)
    for id_ in ("1", "2"):
        store.stage(id_, id_.encode())
    store.place("1", "alice/cat.png")
    with pytest.raises(FileExistsError):
        store.place("2", "alice/cat.png")
    assert Path(store.where("alice/cat.png")).read_bytes() == b"1"
    assert store.staged() == ["2"]
    assert store.is_staged("2")


def test_placing_again_after_a_crash_in_between_finishes_it(folders: tuple[Path, Path]) -> None:
    inbox, incoming = folders
    store = FileStore(inbox, incoming)
    store.stage("1", b"secret")
    (inbox / "alice").mkdir()
    os.link(incoming / "1", inbox / "alice" / "cat.png")
    store.place("1", "alice/cat.png")
    assert store.staged() == []
    assert (inbox / "alice" / "cat.png").read_bytes() == b"secret"


def test_a_dangling_link_counts_as_taken(folders: tuple[Path, Path]) -> None:
    inbox, _ = folders
    (inbox / "alice").mkdir()
    (inbox / "alice" / "cat.png").symlink_to("/nowhere")
    assert FileStore(*folders).is_taken("alice/cat.png")


class BadSync(Disk):
    """Links and writes, and cannot make the names durable."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sync_folder(self, path: Path) -> None:
        if path == self._folder:
            raise OSError(errno.EIO, "Input/output error")
        super().sync_folder(path)


def test_a_place_whose_durability_is_in_doubt_is_taken_back(folders: tuple[Path, Path]) -> None:
    inbox, incoming = folders
    store = FileStore(inbox, incoming, BadSync(inbox / "alice"))
    store.stage("1", b"secret")
    with pytest.raises(OSError, match="Input/output"):
        store.place("1", "alice/cat.png")
    assert list((inbox / "alice").iterdir()) == []
    assert (incoming / "1").read_bytes() == b"secret"


def test_a_secret_that_cannot_be_staged_leaves_nothing(folders: tuple[Path, Path]) -> None:
    _, incoming = folders
    store = FileStore(*folders, BadSync(incoming))
    with pytest.raises(OSError, match="Input/output"):
        store.stage("1", b"secret")
    assert store.staged() == []


def test_a_local_file_is_taken_over(folders: tuple[Path, Path], tmp_path: Path) -> None:
    source = tmp_path / "spooled"
    source.write_bytes(b"stego image")
    store = FileStore(*folders)
    store.stage_file("1.stego", source)
    source.unlink()
    store.place("1.stego", "alice/1.stego.png")
    with store.open("alice/1.stego.png") as file:
        assert file.read() == b"stego image"
    assert list(store.places()) == ["alice/1.stego.png"]


def test_what_is_set_aside_leaves_the_inbox_and_loses_nothing(folders: tuple[Path, Path]) -> None:
    store = FileStore(*folders)
    moved = []
    for data in (b"one", b"two"):
        store.stage("1", data)
        store.place("1", "alice/cat.png")
        moved.append(Path(store.set_aside("alice/cat.png")))
    assert [path.read_bytes() for path in moved] == [b"one", b"two"]
    assert list(store.places()) == []
    store.remove("alice/cat.png")
