"""`underpaintd export`: received secrets copied out of the store, checked on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from underpaint_common.crypto.stego_key import from_identities
from underpaint_common.errors import LocalFileError, UnderpaintError, reason_of
from underpaint_common.files import write_atomically
from underpaint_common.payload import reveal
from underpaint_common.pictures import read_picture
from underpaint_server.catalog import Entry
from underpaint_server.opened import OpenStore


class Removed(LocalFileError):
    """A secret was removed while it was to be exported."""


def export(here: OpenStore, entry: Entry, folder: Path) -> Path:
    """Copy one secret into a folder; nothing there is overwritten.

    Where only the stego image was kept, the secret is extracted from it once more.

    Raises
    ------
    Removed
        It was removed since the entry was read.
    LocalFileError
        The secret is lost or damaged, or cannot be written.
    """
    data = _secret_of(here, entry)
    for target in _targets(entry, folder):
        if not target.exists():
            write_atomically(target, [data], overwrite=False)
            return target
    raise LocalFileError(f"{entry.id} was exported to {folder} before", hint="name another folder")


def export_all(here: OpenStore, folder: Path) -> Iterator[Path | UnderpaintError]:
    """Copy every secret into folders of their clients; yield each path, or why there is none."""
    for entry in here.catalog.entries():
        into = folder / entry.client
        try:
            into.mkdir(parents=True, exist_ok=True)
            yield export(here, entry, into)
        except Removed:
            continue
        except UnderpaintError as error:
            yield error
        except OSError as error:
            yield LocalFileError(f"cannot make {into}: {reason_of(error)}")


def _secret_of(here: OpenStore, entry: Entry) -> bytes:
    try:
        return _sound_secret(here, entry)
    except LocalFileError:
        # It may just have been placed or removed: while nothing moves, it is there or it is not.
        with here.store.still():
            if here.catalog.get(entry.id) is None:
                raise Removed(f"{entry.id} ({entry.name}) was removed meanwhile") from None
            return _sound_secret(here, entry)


def _sound_secret(here: OpenStore, entry: Entry) -> bytes:
    data = _read(here, entry)
    if hashlib.sha256(data).digest() != entry.sha256:
        raise LocalFileError(
            f"{entry.id} ({entry.name}) is not what was received any more",
            hint="underpaintd verify tells what else is",
        )
    return data


def _read(here: OpenStore, entry: Entry) -> bytes:
    place = entry.place or entry.stego_place or ""
    try:
        with here.store.open(place) as file:
            if entry.place is not None:
                return file.read()
            key = from_identities(here.identity, entry.client_key, own_is_sender=False)
            return reveal(read_picture(file), key).data
    except OSError as error:
        raise LocalFileError(
            f"cannot read {here.store.where(place)}: {reason_of(error)}"
        ) from error


def _targets(entry: Entry, folder: Path) -> Iterator[Path]:
    own = Path(entry.name)
    yield folder / own
    yield folder / f"{own.stem}~{entry.id}{own.suffix}"
