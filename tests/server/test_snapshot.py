"""The catalog is copied from under whoever writes to it, and is one file afterwards."""

from __future__ import annotations

import contextlib
import functools
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from underpaint_common.errors import LocalFileError
from underpaint_server.snapshot import replace_catalog, take_snapshot
from underpaint_server.sqlite_catalog import SqliteCatalog


def counted(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as catalog:
        (count,) = catalog.execute("SELECT count(*) FROM numbers").fetchone()
        return int(count)


def test_what_is_committed_is_there_and_nothing_half(tmp_path: Path) -> None:
    live, copy = tmp_path / "live", tmp_path / "copy"
    with contextlib.closing(sqlite3.connect(live, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE numbers (number INTEGER)")
        writer.execute("INSERT INTO numbers VALUES (1)")
        writer.execute("BEGIN")
        writer.execute("INSERT INTO numbers VALUES (2)")
        take_snapshot(live, copy)
        assert counted(copy) == 1
        writer.execute("COMMIT")
        take_snapshot(live, copy)
    assert counted(copy) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "live"]


def test_a_busy_writer_is_no_obstacle(tmp_path: Path) -> None:
    live, copy = tmp_path / "live", tmp_path / "copy"
    with contextlib.closing(sqlite3.connect(live)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE numbers (number INTEGER, padding BLOB)")
        writer.execute("INSERT INTO numbers VALUES (1, zeroblob(4000000))")
        writer.commit()
    enough = threading.Event()

    def write() -> None:
        with contextlib.closing(sqlite3.connect(live, timeout=60, isolation_level=None)) as other:
            while not enough.wait(0.005):
                other.execute("INSERT INTO numbers VALUES (2, NULL)")

    writing = threading.Thread(target=write)
    writing.start()
    try:
        take_snapshot(live, copy)
    finally:
        enough.set()
        writing.join()
    assert 1 <= counted(copy) <= counted_live(live)


def counted_live(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as catalog:
        return int(catalog.execute("SELECT count(*) FROM numbers").fetchone()[0])


def test_what_is_no_catalog_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "live").write_bytes(b"no database" * 500)
    with pytest.raises(LocalFileError):
        take_snapshot(tmp_path / "live", tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_replaced_catalog_keeps_nothing_of_the_old_one(tmp_path: Path) -> None:
    old, new = tmp_path / "catalog", tmp_path / "new"
    with contextlib.closing(SqliteCatalog.open(old)):
        pass
    old.with_name("catalog-wal").write_bytes(b"of the old one")
    with contextlib.closing(SqliteCatalog.open(new)):
        pass
    replace_catalog(old, new)
    assert [path.name for path in tmp_path.iterdir()] == ["catalog"]


def test_rows_that_are_added_meanwhile_start_nothing_anew(tmp_path: Path) -> None:
    live, copy = tmp_path / "live", tmp_path / "copy"
    with contextlib.closing(sqlite3.connect(live, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE numbers (number INTEGER)")
        writer.execute("INSERT INTO numbers VALUES (1)")
        connect, statements = sqlite3.connect, []

        class Watched(sqlite3.Connection):
            """Somebody adds a row whenever a portion has been copied."""

            def backup(self, target: sqlite3.Connection, **_: Any) -> None:
                def add(*_: int) -> None:
                    statements.append(writer.execute("INSERT INTO numbers VALUES (2)"))
                    assert len(statements) < 50, "the copy never ends"

                super().backup(target, pages=1, progress=add)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sqlite3, "connect", functools.partial(connect, factory=Watched))
            take_snapshot(live, copy)
    assert statements
    assert counted(copy) == 1
