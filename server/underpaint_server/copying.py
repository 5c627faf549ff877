"""`underpaintd backup` and `underpaintd restore`: a whole server copied, while it runs or not.

A copy is a server folder like any other, with server.yaml and the state folder: `verify` can look
at it, and `serve` can run from it. The catalog is taken first, at one moment; then every file that
it names is copied and hashed on the way. What arrives meanwhile is for the next backup. A file
that an earlier backup holds already is left as it is, and the new catalog takes the old one's
place only when all files are there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import msgspec

from underpaint_common import settings
from underpaint_common.errors import LocalFileError, reason_of
from underpaint_common.files import read_bounded, write_atomically
from underpaint_server.allowed import MAX_ALLOWED_BYTES
from underpaint_server.catalog import Entry
from underpaint_server.checking import as_yaml
from underpaint_server.config import Config, load_config, parse_config
from underpaint_server.file_store import FileStore
from underpaint_server.inbox import parts_of
from underpaint_server.snapshot import replace_catalog, take_snapshot
from underpaint_server.sqlite_catalog import SqliteCatalog
from underpaint_server.state import StateFolder
from underpaint_server.store import Place

_STATE = Path("state")
_CHUNK_BYTES = 1 << 20
_ATTEMPTS = 5
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


@dataclass
class Copied:
    """What was done.

    Attributes
    ----------
    secrets : int
        How many the copy holds.
    new_files, new_bytes : int
        What had to be copied; the rest was there from an earlier time.
    failures : list of LocalFileError
        Files that are lost or damaged at their source, and are not in the copy.
    """

    secrets: int = 0
    new_files: int = 0
    new_bytes: int = 0
    failures: list[LocalFileError] = field(default_factory=list)


class _Moved(Exception):
    """A secret was removed between the moment of the catalog and the copy of its file."""


def back_up(config_path: Path, folder: Path) -> Copied:
    """Copy a server, running or not, to a folder; done again, only what is new is copied.

    Raises
    ------
    LocalFileError
        The folder holds another server, or one of the two cannot be used.
    """
    config = load_config(config_path)
    identity = StateFolder(config.state).load_identity()
    target = StateFolder(folder / "state")
    if target.identity.exists() and target.load_identity().public != identity.public:
        raise LocalFileError(f"{folder} holds another server", hint="name another folder")
    return _copy_server(config, config_path, folder)


def restore(backup: Path, folder: Path) -> Copied:
    """Copy a backup to a folder in which there is no server yet.

    Raises
    ------
    LocalFileError
        There is one, or there is no backup.
    """
    for existing in (folder / "server.yaml", folder / "state" / "identity.key"):
        if existing.exists():
            raise LocalFileError(
                f"{existing} exists already", hint="restore never overwrites: name another folder"
            )
    config_path = backup / "server.yaml"
    if not config_path.exists():
        raise LocalFileError(
            f"there is no backup in {backup}", hint="name the folder that underpaintd backup filled"
        )
    return _copy_server(load_config(config_path), config_path, folder)


def _copy_server(config: Config, config_path: Path, folder: Path) -> Copied:
    source, target = StateFolder(config.state), StateFolder(folder / "state")
    identity = source.load_identity()
    target.make_folders()
    with target.locked():
        try:
            done = _copy_store(source, target)
            if not target.identity.exists():
                identity.save(target.identity)
            _copy_allowed(source, target)
            text = _portable(config, config_path)
            write_atomically(folder / "server.yaml", [text], overwrite=True, mode=0o644)
        except OSError as error:
            raise LocalFileError(f"cannot write {folder}: {reason_of(error)}") from error
    return done


def _portable(config: Config, config_path: Path) -> bytes:
    """Return the configuration as it is, unless its state folder lies where the copy's does not."""
    text = read_bounded(config_path, max_bytes=settings.MAX_FILE_BYTES)
    if parse_config(text, source=str(config_path)).state == _STATE:
        return text
    return as_yaml(msgspec.structs.replace(config, state=_STATE)).encode()


def _copy_allowed(source: StateFolder, target: StateFolder) -> None:
    text = b""
    if source.allowed.exists():
        text = read_bounded(source.allowed, max_bytes=MAX_ALLOWED_BYTES)
    write_atomically(target.allowed, [text], overwrite=True, mode=0o600)


def _copy_store(source: StateFolder, target: StateFolder) -> Copied:
    """Copy catalog and inbox; take the catalog anew when what it names has been removed since."""
    snapshot = target.root / "catalog.new"
    done = Copied()
    for _ in range(_ATTEMPTS):
        if source.catalog.exists():
            take_snapshot(source.catalog, snapshot)
        with contextlib.closing(SqliteCatalog.open(snapshot)) as catalog:
            entries = list(catalog.entries())
        done.secrets, done.failures = 0, []
        try:
            for entry in entries:
                _copy_entry(source, target, entry, done)
        except _Moved:
            continue
        os.sync()
        replace_catalog(target.catalog, snapshot)
        _clear(target, {place for entry in entries for _, place in parts_of(entry)})
        return done
    raise LocalFileError(
        "secrets are being removed faster than they can be copied", hint="try again later"
    )


def _copy_entry(source: StateFolder, target: StateFolder, entry: Entry, done: Copied) -> None:
    try:
        for staged, place in parts_of(entry):
            wanted = entry.sha256 if place == entry.place else entry.stego_sha256
            copied = _copy_file(source, target, staged, place, wanted)
            done.new_files += copied is not None
            done.new_bytes += copied or 0
        done.secrets += 1
    except LocalFileError as error:
        if not _is_known(source, entry):
            raise _Moved from None
        done.failures.append(error)


def _copy_file(
    source: StateFolder, target: StateFolder, staged: str, place: Place, wanted: bytes
) -> int | None:
    """Copy one file; return its bytes, or None where the target has it already."""
    path, part = target.inbox / place, target.incoming / "copy.part"
    try:
        with _open(source, staged, place) as descriptor:
            status = os.fstat(descriptor.fileno())
            if _is_same(path, status):
                return None
            digest = hashlib.sha256()
            path.parent.mkdir(mode=0o700, exist_ok=True)
            with os.fdopen(os.open(part, _NEW, 0o600), "wb") as copy:
                while chunk := descriptor.read(_CHUNK_BYTES):
                    digest.update(chunk)
                    copy.write(chunk)
    except FileNotFoundError:
        raise LocalFileError(f"{source.inbox / place} is lost") from None
    if digest.digest() != wanted:
        part.unlink()
        raise LocalFileError(f"{source.inbox / place} is not what was received any more")
    os.utime(part, ns=(status.st_mtime_ns, status.st_mtime_ns))
    part.replace(path)
    return status.st_size


def _open(source: StateFolder, staged: str, place: Place) -> BinaryIO:
    """Open a file in its place, or on its way there."""
    store = FileStore(source.inbox, source.incoming)
    try:
        return store.open(place)
    except FileNotFoundError:
        with contextlib.suppress(FileNotFoundError):
            return (source.incoming / staged).open("rb")
        return store.open(place)


def _is_same(path: Path, status: os.stat_result) -> bool:
    """Tell whether an earlier copy has this file: files here are written once and never changed."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    return (there.st_size, there.st_mtime_ns) == (status.st_size, status.st_mtime_ns)


def _is_known(source: StateFolder, entry: Entry) -> bool:
    with contextlib.closing(SqliteCatalog.open(source.catalog)) as catalog:
        return catalog.get(entry.id) is not None


def _clear(target: StateFolder, wanted: set[Place]) -> None:
    """Remove what an earlier copy had and the catalog does not name any more."""
    store = FileStore(target.inbox, target.incoming)
    for place in list(store.places()):
        if place not in wanted:
            store.remove(place)
