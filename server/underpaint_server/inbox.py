"""Store and catalog together: a secret is kept once, durably, and found again.

The order makes a crash harmless at any point: bytes staged and durable, row committed, file
placed. A staged file without a row was never promised to anyone and is dropped at the next
start; one with a row is placed.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from underpaint_common.payload import safe_name
from underpaint_server.catalog import Catalog, ConflictError, Entry
from underpaint_server.store import FileStore, Place

_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Arrival:
    """A secret that was found in a client's upload, and is to be kept.

    Attributes
    ----------
    client, client_key, upload_id :
        Who sent it and as what; see `Entry`.
    name, media_type, data, sha256 :
        The secret; the name as embedded.
    stego_size, stego_sha256 :
        Of the stego image.
    """

    client: str
    client_key: bytes
    upload_id: bytes
    name: str
    media_type: str
    data: bytes
    sha256: bytes
    stego_size: int
    stego_sha256: bytes


class Inbox:
    """What was received, bytes and rows.

    Everything here blocks on the disk, and raises OSError or sqlite3.Error where that fails;
    then nothing was kept.
    """

    def __init__(self, store: FileStore, catalog: Catalog) -> None:
        self._store = store
        self._catalog = catalog

    def keep(self, arrival: Arrival) -> Entry:
        """Keep a secret under its own name made safe; when it returns, it is durable."""
        id_ = secrets.token_hex(_ID_BYTES)
        self._store.stage(id_, arrival.data)
        try:
            return self._place(_entry_of(id_, arrival))
        except BaseException:
            self._forget(id_)
            raise

    def find(self, client_key: bytes, upload_id: bytes) -> Entry | None:
        """Return what an upload ended in, if it was kept."""
        entry = self._catalog.find_upload(client_key, upload_id)
        if entry is not None and self._store.is_staged(entry.id):
            self._store.place(entry.id, entry.place)
        return entry

    def recover(self) -> int:
        """Finish or undo what a crash left between staging and placing; return how many."""
        staged = self._store.staged()
        for id_ in staged:
            entry = self._catalog.get(id_)
            if entry is None:
                self._store.drop(id_)
            else:
                self._store.place(id_, entry.place)
        return len(staged)

    def _forget(self, id_: str) -> None:
        """Undo what `keep` began. The row goes first: without one, a staged file counts nothing."""
        try:
            self._catalog.remove(id_)
        except sqlite3.Error:
            if self._catalog.get(id_) is not None:
                raise
        self._store.drop(id_)

    def _place(self, entry: Entry) -> Entry:
        for place in _places(entry):
            placed = replace(entry, place=place)
            if self._store.is_taken(place) or not self._claim(placed):
                continue
            try:
                self._store.place(entry.id, place)
            except FileExistsError:
                # Someone else, not the daemon, put a file there in this moment.
                self._catalog.remove(entry.id)
                continue
            return placed
        raise FileExistsError(f"every name for {entry.id} is taken")

    def _claim(self, entry: Entry) -> bool:
        """Commit the row, unless its place has just been given to another secret."""
        try:
            self._catalog.add(entry)
        except ConflictError:
            if self._catalog.find_upload(entry.client_key, entry.upload_id):
                raise
            return False
        return True


def _places(entry: Entry) -> Iterator[Place]:
    """Yield where a secret may lie: under its own name, or with its id where that is taken."""
    yield f"{entry.client}/{entry.name}"
    stem, dot, extension = entry.name.rpartition(".")
    if not stem:
        stem, dot, extension = entry.name, "", ""
    yield f"{entry.client}/{stem}~{entry.id}{dot}{extension}"


def _entry_of(id_: str, arrival: Arrival) -> Entry:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Entry(
        id=id_,
        client=arrival.client,
        client_key=arrival.client_key,
        upload_id=arrival.upload_id,
        name=safe_name(arrival.name),
        media_type=arrival.media_type,
        size=len(arrival.data),
        sha256=arrival.sha256,
        received_at=now,
        place="",
        stego_size=arrival.stego_size,
        stego_sha256=arrival.stego_sha256,
    )
