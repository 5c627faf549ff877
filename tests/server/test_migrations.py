"""Catalogs of older versions become catalogs of this one, with all that is in them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from underpaint_server.migrations import MIGRATIONS
from underpaint_server.sqlite_catalog import SqliteCatalog


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_older_catalog_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    path = tmp_path / "catalog"
    row: tuple[object, ...]
    row = ("1", "alice", b"k", b"u", "n", "m", 7, b"s", "2025-01-01T00:00:00Z", "alice/n", 9, b"t")
    row += () if version == 1 else (None, 7)
    with closing(sqlite3.connect(path)) as older:
        for statements in MIGRATIONS[:version]:
            for statement in statements:
                older.execute(statement)
        older.execute(f"PRAGMA user_version = {version}")
        older.execute(f"INSERT INTO secrets VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - question marks
        older.commit()
    for _ in range(2):
        with closing(SqliteCatalog.open(path)) as catalog:
            (entry,) = catalog.entries()
            assert (entry.place, entry.stego_place, entry.size) == ("alice/n", None, 7)
            assert catalog.kept_bytes_of("alice") == 7
