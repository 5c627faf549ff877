"""The catalog's schema, as the steps by which it came to be what it is.

A step that was ever released is never changed: catalogs out there have taken it.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from underpaint_common.errors import LocalFileError

MIGRATIONS = (
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
    # 2: the stego image may be kept, beside the secret or instead of it.
    (
        """
        CREATE TABLE secrets_2 (
            id TEXT PRIMARY KEY,
            client TEXT NOT NULL,
            client_key BLOB NOT NULL,
            upload_id BLOB NOT NULL,
            name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            size INTEGER NOT NULL,
            sha256 BLOB NOT NULL,
            received_at TEXT NOT NULL,
            place TEXT UNIQUE,
            stego_size INTEGER NOT NULL,
            stego_sha256 BLOB NOT NULL,
            stego_place TEXT UNIQUE,
            kept_bytes INTEGER NOT NULL,
            UNIQUE (client_key, upload_id),
            CHECK (place IS NOT NULL OR stego_place IS NOT NULL)
        ) STRICT
        """,
        """
        INSERT INTO secrets_2
        SELECT id, client, client_key, upload_id, name, media_type, size, sha256, received_at,
               place, stego_size, stego_sha256, NULL, size
        FROM secrets
        """,
        "DROP TABLE secrets",
        "ALTER TABLE secrets_2 RENAME TO secrets",
        "CREATE INDEX secrets_by_time ON secrets (received_at, id)",
        "CREATE INDEX secrets_by_client ON secrets (client, kept_bytes)",
    ),
    # 3: what the operator removed was received all the same.
    (
        """
        CREATE TABLE removed (
            id TEXT NOT NULL,
            client TEXT NOT NULL,
            client_key BLOB NOT NULL,
            upload_id BLOB NOT NULL,
            name TEXT NOT NULL,
            media_type TEXT NOT NULL,
            size INTEGER NOT NULL,
            sha256 BLOB NOT NULL,
            received_at TEXT NOT NULL,
            stego_size INTEGER NOT NULL,
            stego_sha256 BLOB NOT NULL,
            removed_at TEXT NOT NULL,
            PRIMARY KEY (client_key, upload_id)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX removed_by_time ON removed (removed_at)",
    ),
)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a catalog up to date, in one transaction.

    Raises
    ------
    LocalFileError
        It was written by a newer Underpaint.
    sqlite3.Error
        The database fails.
    """
    # Immediate: a command and the daemon may open a new catalog at the same time.
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise LocalFileError(
            f"{path} was written by a newer Underpaint (schema {version})",
            hint="run that version, or give this one another state folder",
        )
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    connection.execute("COMMIT")
