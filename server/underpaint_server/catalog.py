"""What was received: one row a secret, in SQLite.

A committed row survives a power cut (WAL with synchronous=FULL). The schema carries a
version; opening an older catalog brings it up to date, step by step, in one transaction.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Self

from underpaint_common.errors import LocalFileError

_BUSY_SECONDS = 5.0

_MIGRATIONS = (
    (
        """
    CREATE TABLE secrets (
        id TEXT PRIMARY KEY,
        client TEXT NOT NULL,
        client_key BLOB NOT NULL,
        upload_id BLOB NOT NULL,
        name TEXT NOT NULL,
        media_type TEXT NOT NULL,
        size INTEGER NOT NULL,
        sha256 BLOB NOT NULL,
        received_at TEXT NOT NULL,
        place TEXT NOT NULL UNIQUE,
        stego_size INTEGER NOT NULL,
        stego_sha256 BLOB NOT NULL,
        UNIQUE (client_key, upload_id)
    ) STRICT
    """,
        "CREATE INDEX secrets_by_time ON secrets (received_at, id)",
    ),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One received secret.

    Attributes
    ----------
    id : str
        The server's name for it, on receipts and in lists.
    client, client_key : str, bytes
        Who sent it: the name at that time, and the raw public key.
    upload_id : bytes
        The client's name for the upload; unique for each client key.
    name, media_type : str
        Of the secret, as embedded; the name is safe as a file name.
    size, sha256 : int, bytes
        Of the secret's bytes.
    received_at : str
        ISO 8601, UTC.
    place : str
        Where it lies in the store.
    stego_size, stego_sha256 : int, bytes
        Of the stego image that carried it.
    """

    id: str
    client: str
    client_key: bytes
    upload_id: bytes
    name: str
    media_type: str
    size: int
    sha256: bytes
    received_at: str
    place: str
    stego_size: int
    stego_sha256: bytes


_COLUMNS = ", ".join(field.name for field in fields(Entry))
_INSERT = f"INSERT INTO secrets ({_COLUMNS}) VALUES ({', '.join('?' * len(fields(Entry)))})"  # noqa: S608 - our own column names
_SELECT = f"SELECT {_COLUMNS} FROM secrets"  # noqa: S608 - our own column names


class ConflictError(Exception):
    """Another row has this place or this upload already."""


class Catalog:
    """The rows. Safe to use from several threads; every change is committed when it returns.

    Methods raise sqlite3.Error where the database fails.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a catalog for reading and writing, making or updating it where needed.

        Raises
        ------
        LocalFileError
            It cannot be opened, is damaged, or was written by a newer Underpaint.
        """
        try:
            connection = sqlite3.connect(
                path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise LocalFileError(f"cannot open {path}: {error}") from error
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            _migrate(connection, path)
        except sqlite3.Error as error:
            connection.close()
            raise LocalFileError(f"cannot use {path}: {error}") from error
        except LocalFileError:
            connection.close()
            raise
        return cls(connection)

    def add(self, entry: Entry) -> None:
        """Commit a row.

        Raises
        ------
        Conflict
            Its place, its upload or its id is taken.
        """
        try:
            with self._lock:
                self._connection.execute(_INSERT, astuple(entry))
        except sqlite3.IntegrityError as error:
            raise ConflictError(str(error)) from None

    def remove(self, id_: str) -> None:
        """Remove a row, if it is there."""
        with self._lock:
            self._connection.execute("DELETE FROM secrets WHERE id = ?", (id_,))

    def get(self, id_: str) -> Entry | None:
        """Return the row of an id."""
        return self._one(f"{_SELECT} WHERE id = ?", id_)

    def find_upload(self, client_key: bytes, upload_id: bytes) -> Entry | None:
        """Return the row that a client's upload ended in."""
        return self._one(f"{_SELECT} WHERE client_key = ? AND upload_id = ?", client_key, upload_id)

    def entries(self) -> Iterator[Entry]:
        """Return all rows, oldest first."""
        with self._lock:
            rows = self._connection.execute(f"{_SELECT} ORDER BY received_at, id").fetchall()
        return (Entry(*row) for row in rows)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def _one(self, query: str, *values: object) -> Entry | None:
        with self._lock, closing(self._connection.execute(query, values)) as cursor:
            row = cursor.fetchone()
        return None if row is None else Entry(*row)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    # Immediate: a command and the daemon may open a new catalog at the same time.
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(_MIGRATIONS):
        raise LocalFileError(
            f"{path} was written by a newer Underpaint (schema {version})",
            hint="run that version, or give this one another state folder",
        )
    for statements in _MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
    connection.execute("COMMIT")
