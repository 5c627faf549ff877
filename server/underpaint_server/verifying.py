"""`underpaintd verify`: every file against its row, and every row against its file."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterator

import msgspec

from underpaint_common.terminal import printable
from underpaint_server.catalog import Entry
from underpaint_server.inbox import parts_of
from underpaint_server.opened import OpenStore
from underpaint_server.store import Place, Store

_CHUNK_BYTES = 1 << 20


class Kind(enum.StrEnum):
    """What can be wrong."""

    LOST = "lost"
    CHANGED = "changed"
    STRAY = "stray"


class Finding(msgspec.Struct, frozen=True):
    """Something that is not as it should be, with the names of `verify --json`.

    Attributes
    ----------
    kind : Kind
        A file that is missing, one with other bytes, or one that no row knows.
    id : str or None
        Of the row; a stray has none.
    path : str
        Of the file.
    repaired : str or None
        What `--repair` did.
    """

    kind: Kind
    id: str | None
    path: str
    repaired: str | None = None


def verify(here: OpenStore, *, repair: bool = False) -> Iterator[Finding]:
    """Re-hash every file; find losses and strays, while a daemon may be running.

    Parameters
    ----------
    here : OpenStore
        What is verified.
    repair : bool
        Whether rows without a sound file are removed, and changed or unknown files moved out
        of the inbox. Nothing is deleted but rows.
    """
    # Files first: one that came later has its row already, and one that left is looked for again.
    places = list(here.store.places())
    for entry in here.catalog.entries():
        yield from _verify_entry(here, entry, repair=repair)
    for place in places:
        if here.catalog.find_place(place) is None and here.store.is_taken(place):
            yield _stray(here.store, place, repair=repair)


def as_text(findings: list[Finding]) -> str:
    """Return the findings for people, a line each."""
    if not findings:
        return "all is as it should be\n"
    lines = []
    for each in findings:
        row = f" ({each.id})" if each.id else ""
        done = f": {each.repaired}" if each.repaired else ""
        lines.append(printable(f"{each.kind} {each.path}{row}{done}"))
    return "".join(f"{line}\n" for line in lines)


def _verify_entry(here: OpenStore, entry: Entry, *, repair: bool) -> Iterator[Finding]:
    findings = list(_wrong_parts(here, entry))
    if not findings:
        return
    done = None
    if repair:
        here.catalog.remove(entry.id)
        for _, place in parts_of(entry):
            if here.store.is_taken(place):
                here.store.set_aside(place)
        done = "the row was removed, what is left of its files set aside"
    for finding in findings:
        yield msgspec.structs.replace(finding, repaired=done)


def _wrong_parts(here: OpenStore, entry: Entry) -> Iterator[Finding]:
    for staged, place in parts_of(entry):
        wanted = entry.sha256 if place == entry.place else entry.stego_sha256
        found = _sha256(here.store, place)
        if found is None and _is_on_its_way(here, entry, staged, place):
            continue
        if found != wanted:
            kind = Kind.LOST if found is None else Kind.CHANGED
            yield Finding(kind, entry.id, here.store.where(place))


def _is_on_its_way(here: OpenStore, entry: Entry, staged: str, place: Place) -> bool:
    """Tell whether a file is missing only because it is being placed or removed right now."""
    return (
        here.store.is_staged(staged)
        or here.store.is_taken(place)
        or here.catalog.get(entry.id) is None
    )


def _stray(store: Store, place: Place, *, repair: bool) -> Finding:
    path = store.where(place)
    done = f"moved to {store.set_aside(place)}" if repair else None
    return Finding(Kind.STRAY, None, path, done)


def _sha256(store: Store, place: Place) -> bytes | None:
    """Return the digest of what lies at a place, None for nothing that can be read."""
    digest = hashlib.sha256()
    try:
        with store.open(place) as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError:
        return None
    return digest.digest()
