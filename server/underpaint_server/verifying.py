"""`underpaintd verify`: every file against its row, and every row against its file."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterator

import msgspec

from underpaint_common.terminal import on_one_line
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
    UNREADABLE = "unreadable"


class Finding(msgspec.Struct, frozen=True):
    """Something that is not as it should be, with the names of `verify --json`.

    Attributes
    ----------
    kind : Kind
        A file that is missing, one with other bytes, one that no row knows, or one that the
        disk does not give, or not to this user.
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
        of the inbox. Nothing is deleted but rows, and what cannot be read is left alone: the
        next disk, or another user, may read it.
    """
    # Files first: one that came later has its row already, and one that left is looked for again.
    places = list(here.store.places())
    for entry in here.catalog.entries():
        yield from _verify_entry(here, entry, repair=repair)
    for place in places:
        yield from _verify_place(here, place, repair=repair)


def as_text(findings: list[Finding]) -> str:
    """Return the findings for people, a line each."""
    if not findings:
        return "all is as it should be\n"
    lines = []
    for each in findings:
        row = f" ({each.id})" if each.id else ""
        done = f": {each.repaired}" if each.repaired else ""
        lines.append(on_one_line(f"{each.kind} {each.path}{row}{done}"))
    return "".join(f"{line}\n" for line in lines)


def _verify_entry(here: OpenStore, entry: Entry, *, repair: bool) -> list[Finding]:
    if not _wrong_parts(here, entry):
        return []
    # Files come and go meanwhile: what is wrong has to be wrong while nothing moves.
    with here.store.still():
        if here.catalog.get(entry.id) is None:
            return []
        findings = _wrong_parts(here, entry)
        readable = all(finding.kind is not Kind.UNREADABLE for finding in findings)
        done = _give_up(here, entry) if findings and readable and repair else None
    return [msgspec.structs.replace(finding, repaired=done) for finding in findings]


def _give_up(here: OpenStore, entry: Entry) -> str:
    here.catalog.remove(entry.id)
    for _, place in parts_of(entry):
        if here.store.is_taken(place):
            _set_aside(here.store, place)
    return "the row was removed, what is left of its files set aside"


def _wrong_parts(here: OpenStore, entry: Entry) -> list[Finding]:
    findings = []
    for staged, place in parts_of(entry):
        wanted = entry.sha256 if place == entry.place else entry.stego_sha256
        kind = _kind_of(here.store, staged, place, wanted)
        if kind is not None:
            findings.append(Finding(kind, entry.id, here.store.where(place)))
    return findings


def _kind_of(store: Store, staged: str, place: Place, wanted: bytes | None) -> Kind | None:
    """Return what is wrong with a file, None for nothing."""
    try:
        found = _sha256(store, place)
    except (FileNotFoundError, NotADirectoryError):
        # What is staged will be placed by the daemon, or at its next start.
        return None if store.is_staged(staged) else Kind.LOST
    except OSError:
        return Kind.UNREADABLE
    return None if found == wanted else Kind.CHANGED


def _verify_place(here: OpenStore, place: Place, *, repair: bool) -> list[Finding]:
    if not _is_stray(here, place):
        return []
    with here.store.still():
        if not _is_stray(here, place):
            return []
        done = None
        if repair:
            target = _set_aside(here.store, place)
            if target is None:
                return []
            done = f"moved to {target}"
    return [Finding(Kind.STRAY, None, here.store.where(place), done)]


def _is_stray(here: OpenStore, place: Place) -> bool:
    return here.catalog.find_place(place) is None and here.store.is_taken(place)


def _set_aside(store: Store, place: Place) -> str | None:
    """Set a file aside; None where somebody who is not the daemon has just removed it."""
    try:
        return store.set_aside(place)
    except FileNotFoundError:
        return None


def _sha256(store: Store, place: Place) -> bytes:
    digest = hashlib.sha256()
    with store.open(place) as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.digest()
