"""Store and catalog together: kept once and whole, whatever fails and whenever it crashes."""

from __future__ import annotations

import errno
import hashlib
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from underpaint_server.arrival import Arrival
from underpaint_server.catalog import CatalogFailed, ConflictError
from underpaint_server.disk import Disk
from underpaint_server.file_store import FileStore
from underpaint_server.inbox import Inbox
from underpaint_server.sqlite_catalog import SqliteCatalog
from underpaint_server.state import StateFolder

ARRIVAL = Arrival(
    client="alice",
    client_key=b"k" * 32,
    upload_id=b"u" * 16,
    name="cat.png",
    media_type="image/png",
    data=b"the secret",
    sha256=hashlib.sha256(b"the secret").digest(),
    stego_size=99,
    stego_sha256=b"t" * 32,
)

CRASHING_PROGRAM = """
import os, sys
sys.path.insert(0, sys.argv[4])
from pathlib import Path
from test_inbox import ARRIVAL, FailingDisk, open_inbox

class CrashingDisk(FailingDisk):
    def fail(self):
        os._exit(9)

inbox, _ = open_inbox(Path(sys.argv[1]), CrashingDisk(int(sys.argv[2]), sys.argv[3] == "after"))
inbox.keep(ARRIVAL)
"""


class FailingDisk(Disk):
    """A disk whose nth operation fails, before or after it had its effect."""

    def __init__(self, number: int, after: bool = False) -> None:
        self.remaining = number
        self.after = after

    def fail(self) -> None:
        raise OSError(errno.EIO, "Input/output error")

    def _step(self, before: bool) -> None:
        if before is self.after:
            return
        self.remaining -= 1
        if self.remaining == 0:
            self.fail()

    def write_new(self, path: Path, data: bytes) -> None:
        self._step(True)
        super().write_new(path, data)
        self._step(False)

    def link_new(self, source: Path, target: Path) -> None:
        self._step(True)
        super().link_new(source, target)
        self._step(False)

    def sync_folder(self, path: Path) -> None:
        self._step(True)
        super().sync_folder(path)
        self._step(False)

    def remove(self, path: Path) -> None:
        self._step(True)
        super().remove(path)
        self._step(False)


def open_inbox(root: Path, disk: Disk | None = None) -> tuple[Inbox, SqliteCatalog]:
    state = StateFolder(root)
    for folder in (state.inbox, state.incoming):
        folder.mkdir(exist_ok=True)
    catalog = SqliteCatalog.open(state.catalog)
    return Inbox(FileStore(state.inbox, state.incoming, disk), catalog), catalog


def files_under(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def assert_consistent(root: Path) -> int:
    """Every row has its file with its bytes, every file its row; return how many."""
    state = StateFolder(root)
    with closing(SqliteCatalog.open(state.catalog)) as catalog:
        entries = list(catalog.entries())
    for entry in entries:
        content = (state.inbox / entry.place).read_bytes()
        assert hashlib.sha256(content).digest() == entry.sha256
    assert files_under(state.inbox) == sorted(entry.place for entry in entries)
    assert files_under(state.incoming) == []
    return len(entries)


def test_a_kept_secret_is_found_again(tmp_path: Path) -> None:
    inbox, catalog = open_inbox(tmp_path)
    with closing(catalog):
        assert inbox.find(ARRIVAL.client_key, ARRIVAL.upload_id) is None
        entry = inbox.keep(ARRIVAL)
        assert inbox.find(ARRIVAL.client_key, ARRIVAL.upload_id) == entry
    assert entry.place == "alice/cat.png"
    assert assert_consistent(tmp_path) == 1


def test_equal_names_lie_side_by_side(tmp_path: Path) -> None:
    inbox, catalog = open_inbox(tmp_path)
    with closing(catalog):
        for number in range(5):
            name = ["cat.png", "cat", ".png"][number % 3]
            inbox.keep(replace(ARRIVAL, upload_id=bytes([number]) * 16, name=name))
    assert assert_consistent(tmp_path) == 5
    assert all(Path(name).parent == Path("alice") for name in files_under(tmp_path / "inbox"))


def test_a_file_of_the_operator_is_never_overwritten(tmp_path: Path) -> None:
    inbox, catalog = open_inbox(tmp_path)
    (tmp_path / "inbox" / "alice").mkdir()
    (tmp_path / "inbox" / "alice" / "cat.png").write_bytes(b"mine")
    with closing(catalog):
        entry = inbox.keep(ARRIVAL)
    assert entry.place != "alice/cat.png"
    assert (tmp_path / "inbox" / "alice" / "cat.png").read_bytes() == b"mine"
    assert (tmp_path / "inbox" / entry.place).read_bytes() == ARRIVAL.data


def test_an_upload_is_kept_once(tmp_path: Path) -> None:
    inbox, catalog = open_inbox(tmp_path)
    with closing(catalog):
        inbox.keep(ARRIVAL)
        with pytest.raises(ConflictError):
            inbox.keep(replace(ARRIVAL, name="other.png"))
    assert assert_consistent(tmp_path) == 1


@pytest.mark.parametrize("forget", [False, True])
def test_what_was_removed_was_received_all_the_same(tmp_path: Path, forget: bool) -> None:
    inbox, catalog = open_inbox(tmp_path)
    with closing(catalog):
        entry = inbox.keep(ARRIVAL)
        inbox.remove(entry, forget=forget)
        assert assert_consistent(tmp_path) == 0
        found = inbox.find(ARRIVAL.client_key, ARRIVAL.upload_id)
        assert found == (None if forget else replace(entry, place=None))


@settings(max_examples=60, deadline=None)
@given(
    name=st.text(max_size=300) | st.sampled_from(["../../etc/passwd", "a/b", "..", "\x00", "CON"])
)
def test_no_name_leaves_the_inbox(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("state")
    inbox, catalog = open_inbox(root)
    with closing(catalog):
        entry = inbox.keep(replace(ARRIVAL, name=name))
    path = (root / "inbox" / entry.place).resolve()
    assert path.parent == (root / "inbox" / "alice").resolve()
    assert assert_consistent(root) == 1


@pytest.mark.parametrize("after", [False, True], ids=["without effect", "after its effect"])
@pytest.mark.parametrize("number", range(1, 8))
def test_when_the_disk_fails_nothing_is_kept_or_everything(
    tmp_path: Path, number: int, after: bool
) -> None:
    inbox, catalog = open_inbox(tmp_path, FailingDisk(number, after))
    with closing(catalog):
        try:
            entry = inbox.keep(ARRIVAL)
        except OSError:
            assert inbox.find(ARRIVAL.client_key, ARRIVAL.upload_id) is None
            assert files_under(tmp_path / "inbox") == []
        else:
            assert inbox.find(ARRIVAL.client_key, ARRIVAL.upload_id) == entry
    inbox, catalog = open_inbox(tmp_path)
    with closing(catalog):
        inbox.recover()
        if inbox.find(ARRIVAL.client_key, ARRIVAL.upload_id) is None:
            inbox.keep(ARRIVAL)
    assert assert_consistent(tmp_path) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2, 4, 5, 6])
def test_a_crash_at_any_step_is_settled_at_the_next_start(
    tmp_path: Path, number: int, when: str
) -> None:
    here = str(Path(__file__).parent)
    crashed = subprocess.run(
        [sys.executable, "-c", CRASHING_PROGRAM, str(tmp_path), str(number), when, here],
        check=False,
    )
    assert crashed.returncode == 9
    inbox, catalog = open_inbox(tmp_path)
    with closing(catalog):
        inbox.recover()
        kept = inbox.find(ARRIVAL.client_key, ARRIVAL.upload_id)
        assert assert_consistent(tmp_path) == (1 if kept else 0)
        if kept is None:
            inbox.keep(ARRIVAL)
    assert assert_consistent(tmp_path) == 1


def test_a_locked_catalog_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("underpaint_server.sqlite_catalog._BUSY_SECONDS", 0.05)
    inbox, catalog = open_inbox(tmp_path)
    locker = sqlite3.connect(tmp_path / "catalog.sqlite3", isolation_level=None)
    with closing(catalog), closing(locker):
        locker.execute("BEGIN IMMEDIATE")
        with pytest.raises(CatalogFailed):
            inbox.keep(ARRIVAL)
        locker.execute("ROLLBACK")
        assert files_under(tmp_path / "inbox") == []
        assert files_under(tmp_path / "incoming") == []
        inbox.keep(ARRIVAL)
    assert assert_consistent(tmp_path) == 1


def test_what_is_removed_during_recovery_stays_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, catalog = open_inbox(tmp_path)
    entry = inbox.keep(ARRIVAL)
    state = StateFolder(tmp_path)
    (state.inbox / "alice" / "cat.png").rename(state.incoming / entry.id)
    is_staged = FileStore.is_staged

    def remove_meanwhile(self: FileStore, id_: str) -> bool:
        found = is_staged(self, id_)
        monkeypatch.setattr(FileStore, "is_staged", is_staged)
        inbox.remove(entry)
        return found

    monkeypatch.setattr(FileStore, "is_staged", remove_meanwhile)
    inbox.recover()
    assert files_under(state.inbox) == []
    assert list(catalog.entries()) == []
    catalog.close()


def test_the_second_secret_of_a_client_waits_for_its_folder_to_be_durable(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    made, go_on, synced = threading.Event(), threading.Event(), []

    class SlowDisk(Disk):
        def sync_folder(self, path: Path) -> None:
            if path == state.inbox.absolute() and not made.is_set():
                made.set()
                assert go_on.wait(60)
            super().sync_folder(path)
            synced.append(path)

    inbox, catalog = open_inbox(tmp_path, SlowDisk())
    first = threading.Thread(target=inbox.keep, args=[ARRIVAL])
    first.start()
    assert made.wait(60)
    inbox.keep(replace(ARRIVAL, upload_id=b"v" * 16, name="dog.png"))
    durable = state.inbox.absolute() in synced
    go_on.set()
    first.join()
    catalog.close()
    assert durable
