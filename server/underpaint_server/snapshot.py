"""The catalog at one moment, taken from under a running daemon by SQLite's online backup."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from underpaint_common.errors import LocalFileError


def take_snapshot(source: Path, target: Path) -> None:
    """Write the catalog `source` as it is now to the new file `target`.

    What is written is one file, without SQLite's -wal and -shm beside it, so that it can be read
    from a read-only disk.

    Raises
    ------
    LocalFileError
        One of the two cannot be used.
    """
    target.unlink(missing_ok=True)
    try:
        with (
            contextlib.closing(sqlite3.connect(source, isolation_level=None)) as live,
            contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy,
        ):
            # One moment for the whole copy: without it, each row that is added meanwhile would
            # start the copy anew. In WAL mode a reader keeps no writer waiting.
            live.execute("BEGIN")
            live.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            live.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise LocalFileError(f"cannot copy {source} to {target}: {error}") from error
    target.chmod(0o600)


def replace_catalog(path: Path, snapshot: Path) -> None:
    """Put a snapshot into a catalog's place, in one step; no process may have it open."""
    with contextlib.closing(sqlite3.connect(snapshot, isolation_level=None)) as catalog:
        catalog.execute("PRAGMA journal_mode = DELETE")
    for left_over in ("-wal", "-shm"):
        path.with_name(path.name + left_over).unlink(missing_ok=True)
    snapshot.replace(path)
