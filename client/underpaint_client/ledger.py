"""What was pushed, remembered across runs: which covers were used, which secrets are stored.

Two stego images from one cover give the method away: whoever has both sees in their difference
what was embedded, without any detector. So a cover is known again by the digest of its samples,
whatever file it lies in, from the moment of the receipt on.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from underpaint_client.destination import Destination
from underpaint_client.receipts import PushReceipt
from underpaint_common.errors import LocalFileError, reason_of
from underpaint_common.payload import SecretFile

_VERSION = 1
_BUSY_SECONDS = 10.0
_SCHEMA = (
    "CREATE TABLE covers (sha256 BLOB PRIMARY KEY, used_at TEXT NOT NULL) STRICT",
    """
    CREATE TABLE stored (
        secret BLOB PRIMARY KEY,
        id TEXT NOT NULL,
        received_at TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE files (
        path TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        changed_ns INTEGER NOT NULL,
        sha256 BLOB NOT NULL
    ) STRICT
    """,
    f"PRAGMA user_version = {_VERSION}",
)


@dataclass(frozen=True, slots=True)
class Stored:
    """The receipt of an earlier push: the server's id, and when, ISO 8601 in UTC."""

    id: str
    received_at: str


class Ledger:
    """One SQLite file. Safe to use from several threads and by several processes.

    Every method raises `LocalFileError` where the file cannot be used.

    Parameters
    ----------
    path : Path
        The file; made by `open` where it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the ledger, making it for this user alone where it is missing."""
        ledger = cls(path)
        with ledger._using() as database:
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version > _VERSION:
                raise LocalFileError(
                    f"{path} was written by a newer Underpaint", hint="run that version"
                )
            if version == 0:
                for statement in _SCHEMA:
                    database.execute(statement)
        return ledger

    def used_at(self, cover_sha256: bytes) -> str | None:
        """Return when a cover was used last, ISO 8601 in UTC; None if it never was."""
        with self._using() as database:
            row = database.execute(
                "SELECT used_at FROM covers WHERE sha256 = ?", (cover_sha256,)
            ).fetchone()
        return None if row is None else str(row[0])

    def stored(self, secret: bytes) -> Stored | None:
        """Return the receipt of a secret, by its `mark`."""
        with self._using() as database:
            row = database.execute(
                "SELECT id, received_at FROM stored WHERE secret = ?", (secret,)
            ).fetchone()
        return None if row is None else Stored(*row)

    def record(self, secret: bytes, cover_sha256: bytes | None, receipt: PushReceipt) -> None:
        """Note a receipt: which secret is stored, and which cover is used."""
        with self._using() as database:
            database.execute(
                "INSERT OR REPLACE INTO stored VALUES (?, ?, ?)",
                (secret, receipt.id, receipt.received_at),
            )
            if cover_sha256 is not None:
                database.execute(
                    "INSERT OR REPLACE INTO covers VALUES (?, ?)",
                    (cover_sha256, receipt.received_at),
                )

    def digest_of(self, file: Path) -> bytes | None:
        """Return the digest of a cover's samples as noted, if the file is unchanged since."""
        with self._using() as database:
            row = database.execute(
                "SELECT size, changed_ns, sha256 FROM files WHERE path = ?", (_name_of(file),)
            ).fetchone()
        return None if row is None or row[:2] != _stamp_of(file) else bytes(row[2])

    def note_file(self, file: Path, cover_sha256: bytes) -> None:
        """Note the digest of a cover's samples, so that the file need not be read again."""
        stamp = _stamp_of(file)
        if stamp is None:
            return
        with self._using() as database:
            database.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)",
                (_name_of(file), *stamp, cover_sha256),
            )

    @contextlib.contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        """Run the block as one transaction on a connection of its own."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            database = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
            with contextlib.closing(database):
                database.execute("BEGIN IMMEDIATE")
                yield database
                database.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            reason = reason_of(error) if isinstance(error, OSError) else str(error)
            raise LocalFileError(f"cannot use {self._path}: {reason}") from error


def _name_of(file: Path) -> str:
    """Return a file's name as text, which SQLite wants; other bytes as they are in hexadecimal."""
    name = str(file.absolute())
    try:
        name.encode()
    except UnicodeEncodeError:
        return f"bytes {os.fsencode(name).hex()}"
    return name


def _stamp_of(file: Path) -> tuple[int, int] | None:
    """Return what changes whenever a file does; None where it cannot be seen."""
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def mark_of(destination: Destination, secret: SecretFile) -> bytes:
    """Return what a secret is known by: its name and bytes, the server and the sender."""
    parts = (
        destination.address.server_key,
        destination.identity.public,
        hashlib.sha256(secret.data).digest(),
        secret.name.encode(),
    )
    return hashlib.sha256(b"".join(parts)).digest()
