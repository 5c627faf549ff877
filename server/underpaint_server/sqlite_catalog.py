"""The catalog in SQLite: one file, durable rows, a versioned schema.

A committed row survives a power cut (WAL with synchronous=FULL). Opening an older catalog
brings it up to date, step by step, in one transaction.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple, fields
from pathlib import Path
from typing import Any, Self

from underpaint_common.errors import LocalFileError
from underpaint_server.catalog import (
    EVERYTHING,
    CatalogFailed,
    ConflictError,
    Entry,
    Holding,
    Selection,
)
from underpaint_server.migrations import migrate

_BUSY_SECONDS = 5.0
_LOOK_SECONDS = 0.01

_COLUMNS = ", ".join(field.name for field in fields(Entry))
_MARKS = ", ".join("?" * (len(fields(Entry)) + 1))
_INSERT = f"INSERT INTO secrets ({_COLUMNS}, kept_bytes) VALUES ({_MARKS})"  # noqa: S608 - our own column names
_SELECT = f"SELECT {_COLUMNS} FROM secrets"  # noqa: S608 - our own column names
_REMEMBERED = ", ".join(
    field.name for field in fields(Entry) if field.name not in {"place", "stego_place"}
)
_RETIRE = f"INSERT INTO removed SELECT {_REMEMBERED}, ? FROM secrets WHERE id = ?"  # noqa: S608 - our own column names
_FIND_RETIRED = f"SELECT {_REMEMBERED} FROM removed WHERE client_key = ? AND upload_id = ?"  # noqa: S608 - our own column names
_CONDITIONS = {"client": "client = ?", "since": "received_at >= ?", "name": "name GLOB ?"}


class SqliteCatalog:
    """A `Catalog` in one SQLite file; commands may use it beside the running daemon."""

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
            _use_wal(connection)
            connection.execute("PRAGMA synchronous = FULL")
            migrate(connection, path)
        except sqlite3.Error as error:
            connection.close()
            raise LocalFileError(f"cannot use {path}: {error}") from error
        except LocalFileError:
            connection.close()
            raise
        return cls(connection)

    def add(self, entry: Entry) -> None:
        """Commit a row; raise `ConflictError` where its id, upload or a place is taken."""
        try:
            self._run(_INSERT, *astuple(entry), entry.kept_bytes)
        except sqlite3.IntegrityError as error:
            raise ConflictError(str(error)) from None

    def remove(self, id_: str) -> None:
        """Remove a row, if it is there, and forget its upload."""
        self._run("DELETE FROM secrets WHERE id = ?", id_)

    def retire(self, id_: str, moment: str, *, forget_before: str) -> None:
        """Remove a row and remember its upload, in one transaction."""
        with self._transaction() as execute:
            execute("DELETE FROM removed WHERE removed_at <= ?", (forget_before,))
            execute(_RETIRE, (moment, id_))
            execute("DELETE FROM secrets WHERE id = ?", (id_,))

    def get(self, id_: str) -> Entry | None:
        """Return the row of an id."""
        return self._one("id = ?", id_)

    def find_upload(self, client_key: bytes, upload_id: bytes) -> Entry | None:
        """Return the row that a client's upload ended in, without places if it was retired."""
        found = self._one("client_key = ? AND upload_id = ?", client_key, upload_id)
        if found is not None:
            return found
        rows = self._run(_FIND_RETIRED, client_key, upload_id)
        names = _REMEMBERED.split(", ")
        return Entry(**dict(zip(names, rows[0], strict=True)), place=None) if rows else None

    def find_place(self, place: str) -> Entry | None:
        """Return the row whose secret or stego image lies at a place."""
        return self._one("place = ?", place) or self._one("stego_place = ?", place)

    def entries(self, selection: Selection = EVERYTHING) -> Iterator[Entry]:
        """Return rows, oldest first."""
        wanted = {name: getattr(selection, name) for name in _CONDITIONS}
        given = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(_CONDITIONS[name] for name in given) or "TRUE"
        rows = self._run(f"{_SELECT} WHERE {where} ORDER BY received_at, rowid", *given.values())
        return (Entry(*row) for row in rows)

    def holdings(self) -> dict[str, Holding]:
        """Return what is kept, by client name."""
        rows = self._run(
            "SELECT client, count(*), sum(kept_bytes) FROM secrets GROUP BY client ORDER BY client"
        )
        return {client: Holding(count, kept) for client, count, kept in rows}

    def kept_bytes_of(self, client: str) -> int:
        """Return the bytes that are kept of a client's; an index answers alone."""
        rows = self._run("SELECT total(kept_bytes) FROM secrets WHERE client = ?", client)
        return int(rows[0][0])

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def _one(self, condition: str, *values: object) -> Entry | None:
        rows = self._run(f"{_SELECT} WHERE {condition}", *values)
        return Entry(*rows[0]) if rows else None

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Callable[..., object]]:
        """Run the statements of the block together, or none of them."""
        try:
            with self._lock:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection.execute
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise CatalogFailed(str(error)) from error

    def _run(self, query: str, *values: object) -> list[Any]:
        """Run one statement, a transaction by itself, and return its rows."""
        given = [_as_text(value) if isinstance(value, str) else value for value in values]
        try:
            with self._lock, contextlib.closing(self._connection.execute(query, given)) as cursor:
                return cursor.fetchall()
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise CatalogFailed(str(error)) from error


def _as_text(word: str) -> str:
    """Return a word as it arrives from a client: what is no text in it is a question mark."""
    return word.encode(errors="replace").decode()


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL: there SQLite itself does not wait for others who do the same."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(_LOOK_SECONDS)
