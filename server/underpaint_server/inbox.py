"""Store and catalog together: a secret is kept once, durably, and found again.

The order makes a crash harmless at any point: bytes staged and durable, row committed, file
placed. What is staged without a row was never promised to anyone and is dropped at the next
start; what has one is placed.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from underpaint_common.payload import safe_name
from underpaint_server.arrival import Arrival, StegoFile
from underpaint_server.catalog import Catalog, CatalogFailed, ConflictError, Entry
from underpaint_server.keep import Keep
from underpaint_server.moments import spelled
from underpaint_server.store import Place, Store

REMEMBERED = timedelta(days=90)
"""How long an upload is known whose secret was removed: longer than any client keeps it."""

_ID_BYTES = 8
_OF_STEGO = ".stego"


class Inbox:
    """What was received, bytes and rows.

    Everything here blocks on the disk, and raises OSError or `CatalogFailed` where that
    fails; then nothing was kept.

    Parameters
    ----------
    store, catalog : Store, Catalog
        Where bytes and rows are.
    keep : Keep
        What is kept of an arrival.
    """

    def __init__(self, store: Store, catalog: Catalog, keep: Keep = Keep.SECRET) -> None:
        self._store = store
        self._catalog = catalog
        self._keep = keep

    def keep(self, arrival: Arrival) -> Entry:
        """Keep a secret under its own name made safe; when it returns, it is durable."""
        entry = _entry_of(secrets.token_hex(_ID_BYTES), arrival)
        with self._store.changing():
            try:
                self._stage(entry.id, arrival)
                return self._place(entry, arrival.stego)
            except BaseException:
                self._forget(entry.id)
                raise

    def find(self, client_key: bytes, upload_id: bytes) -> Entry | None:
        """Return what an upload ended in, if it was kept, also where that was removed since."""
        entry = self._catalog.find_upload(client_key, upload_id)
        if entry is not None:
            self._finish(entry)
        return entry

    def remove(self, entry: Entry, *, forget: bool = False) -> None:
        """Remove an entry; a crash in between leaves a file that no row knows (`verify`).

        Its upload, sent again, is answered with the same receipt, since it was received:
        unless it is forgotten as well, and would be kept again.
        """
        now = datetime.now(UTC)
        long_ago = spelled(now - REMEMBERED)
        with self._store.still():
            if forget:
                self._catalog.remove(entry.id)
            else:
                self._catalog.retire(entry.id, spelled(now), forget_before=long_ago)
            for staged, place in parts_of(entry):
                self._store.drop(staged)
                self._store.remove(place)

    def recover(self) -> int:
        """Finish or undo what a crash left between staging and placing; return how many."""
        staged = self._store.staged()
        for part in staged:
            entry = self._catalog.get(part.removesuffix(_OF_STEGO))
            if entry is None:
                self._store.drop(part)
            else:
                self._finish(entry)
        return len(staged)

    def cost_of(self, arrival: Arrival) -> int:
        """Return the bytes that keeping an arrival takes."""
        secret = len(arrival.data) if self._keep.includes_secret else 0
        return secret + (arrival.stego_size if self._keep.includes_stego else 0)

    def kept_bytes_of(self, client: str) -> int:
        """Return the bytes that are kept of a client's."""
        return self._catalog.kept_bytes_of(client)

    def weigh(self) -> tuple[int, int]:
        """Return the bytes that are kept of all clients, and those that are free."""
        kept = sum(holding.kept_bytes for holding in self._catalog.holdings().values())
        return kept, self._store.free_bytes()

    def free_bytes(self) -> int:
        """Return how many bytes more the store can take."""
        return self._store.free_bytes()

    def _stage(self, id_: str, arrival: Arrival) -> None:
        if self._keep.includes_secret:
            self._store.stage(id_, arrival.data)
        if self._keep.includes_stego and arrival.stego is not None:
            self._store.stage_file(id_ + _OF_STEGO, arrival.stego.path)

    def _finish(self, entry: Entry) -> None:
        if not any(self._store.is_staged(staged) for staged, _ in parts_of(entry)):
            return
        with self._store.changing():
            # What was removed until here is not staged any more.
            for staged, place in parts_of(entry):
                if self._store.is_staged(staged):
                    self._store.place(staged, place)

    def _forget(self, id_: str) -> None:
        """Undo what `keep` began. The row goes first: without one, a staged file counts nothing."""
        try:
            self._catalog.remove(id_)
        except CatalogFailed:
            if self._catalog.get(id_) is not None:
                raise
        self._store.drop(id_)
        self._store.drop(id_ + _OF_STEGO)

    def _place(self, entry: Entry, stego: StegoFile | None) -> Entry:
        for places in self._candidates(entry, stego):
            if any(self._store.is_taken(place) for place in places if place is not None):
                continue
            placed = replace(entry, place=places[0], stego_place=places[1])
            if not self._claim(placed):
                continue
            try:
                self._place_parts(placed)
            except FileExistsError:
                # Someone else, not the daemon, put a file there in this moment.
                self._catalog.remove(entry.id)
                continue
            return placed
        raise FileExistsError(f"every name for {entry.id} is taken")

    def _place_parts(self, entry: Entry) -> None:
        done: list[Place] = []
        try:
            for staged, place in parts_of(entry):
                self._store.place(staged, place)
                done.append(place)
        except OSError:
            for place in done:
                with contextlib.suppress(OSError):
                    self._store.remove(place)
            raise

    def _claim(self, entry: Entry) -> bool:
        """Commit the row, unless its place has just been given to another secret."""
        try:
            self._catalog.add(entry)
        except ConflictError:
            if self._catalog.find_upload(entry.client_key, entry.upload_id):
                raise
            return False
        return True

    def _candidates(
        self, entry: Entry, stego: StegoFile | None
    ) -> Iterator[tuple[Place | None, Place | None]]:
        """Yield where the parts may lie: the secret's own name, or with its id where taken."""
        of_stego = None
        if self._keep.includes_stego and stego is not None:
            of_stego = f"{entry.client}/{entry.id}{_OF_STEGO}{stego.extension}"
        if not self._keep.includes_secret:
            yield None, of_stego
            return
        yield f"{entry.client}/{entry.name}", of_stego
        stem, dot, extension = entry.name.rpartition(".")
        if not stem:
            stem, dot, extension = entry.name, "", ""
        yield f"{entry.client}/{stem}~{entry.id}{dot}{extension}", of_stego


def parts_of(entry: Entry) -> Iterator[tuple[str, Place]]:
    """Yield staged id and place of each file that an entry consists of."""
    if entry.place is not None:
        yield entry.id, entry.place
    if entry.stego_place is not None:
        yield entry.id + _OF_STEGO, entry.stego_place


def _entry_of(id_: str, arrival: Arrival) -> Entry:
    return Entry(
        id=id_,
        client=arrival.client,
        client_key=arrival.client_key,
        upload_id=arrival.upload_id,
        name=safe_name(arrival.name),
        media_type=arrival.media_type,
        size=len(arrival.data),
        sha256=arrival.sha256,
        received_at=spelled(datetime.now(UTC)),
        place=None,
        stego_size=arrival.stego_size,
        stego_sha256=arrival.stego_sha256,
    )
