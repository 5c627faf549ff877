"""The store as files: staged in `incoming/`, placed in `inbox/CLIENT/NAME`."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from underpaint_server.disk import Disk
from underpaint_server.store import Place
from underpaint_server.turnstile import Turnstile


class FileStore:
    """A `Store` in folders of one file system.

    Parameters
    ----------
    inbox, incoming : Path
        Two existing folders: where things lie, and where they are staged.
    disk : Disk, optional
        The operations on files.
    aside : Path, optional
        Where `set_aside` moves files; made when needed, beside the inbox if not given.
    """

    def __init__(
        self, inbox: Path, incoming: Path, disk: Disk | None = None, *, aside: Path | None = None
    ) -> None:
        self._inbox = inbox
        self._incoming = incoming
        self._aside = aside or inbox.parent / "aside"
        self._disk = disk or Disk()
        self._turnstile = Turnstile(inbox, incoming)
        self._durable: set[Path] = set()

    def changing(self) -> AbstractContextManager[None]:
        """Return what to hold while files and rows change together; many may hold it at once."""
        return self._turnstile.together()

    def still(self) -> AbstractContextManager[None]:
        """Return what to hold, alone, while files and rows must belong together."""
        return self._turnstile.alone()

    def stage(self, id_: str, data: bytes) -> None:
        """Make bytes durable under an id; nothing stays behind on failure."""
        try:
            self._disk.write_new(self._staged_path(id_), data)
            self._disk.sync_folder(self._incoming)
        except BaseException:
            self.drop(id_)
            raise

    def stage_file(self, id_: str, source: Path) -> None:
        """Make a local file's bytes durable under an id, without a copy where that works."""
        try:
            self._disk.adopt(source, self._staged_path(id_))
            self._disk.sync_folder(self._incoming)
        except BaseException:
            self.drop(id_)
            raise

    def place(self, id_: str, place: Place) -> None:
        """Move what is staged to its place in the inbox, durably.

        Done again for what is there already (after a crash in between), it does nothing more.

        Raises
        ------
        FileExistsError
            Another file has this name.
        OSError
            The disk failed; the file is still staged.
        """
        source, target = self._staged_path(id_), self._path_of(place)
        self._make_durable(target.parent)
        try:
            if not _is_same_file(source, target):
                self._disk.link_new(source, target)
            self._disk.sync_folder(target.parent)
        except FileExistsError:
            raise
        except OSError:
            self._take_back(source, target)
            raise
        with contextlib.suppress(OSError):
            # It is in its place; a staged name that stays is cleared at the next start.
            self._disk.remove(source)

    def drop(self, id_: str) -> None:
        """Forget what is staged under an id, if there is something."""
        self._disk.remove(self._staged_path(id_))

    def staged(self) -> list[str]:
        """Return the ids of all that is staged."""
        return sorted(os.listdir(self._incoming))  # noqa: PTH208 - names are wanted, not paths

    def is_staged(self, id_: str) -> bool:
        """Tell whether something waits for its place."""
        return self._staged_path(id_).exists()

    def is_taken(self, place: Place) -> bool:
        """Tell whether a file has this name, whoever made it."""
        return os.path.lexists(self._path_of(place))

    def open(self, place: Place) -> BinaryIO:
        """Open the file at a place for reading."""
        return self._path_of(place).open("rb")

    def remove(self, place: Place) -> None:
        """Remove the file at a place, durably, if there is one."""
        path = self._path_of(place)
        self._disk.remove(path)
        with contextlib.suppress(FileNotFoundError):
            self._disk.sync_folder(path.parent)

    def set_aside(self, place: Place) -> str:
        """Move the file at a place into the folder beside the inbox; return its new path."""
        self._make_durable(self._aside)
        name = place.replace("/", "~")
        target = self._aside / name
        if os.path.lexists(target):
            target = self._aside / f"{name}~{secrets.token_hex(4)}"
        self._path_of(place).rename(target)
        self._disk.sync_folder(self._aside)
        return str(target)

    def places(self) -> Iterator[Place]:
        """Return every place where a file lies, in order; links count as what they are."""
        for folder, subfolders, names in os.walk(self._inbox):
            subfolders.sort()
            for name in sorted(names):
                yield str(Path(folder, name).relative_to(self._inbox))

    def where(self, place: Place) -> str:
        """Return the absolute path of a place."""
        return str(self._path_of(place))

    def free_bytes(self) -> int:
        """Return how many bytes more this user can write to the inbox's file system."""
        return shutil.disk_usage(self._inbox).free

    def _path_of(self, place: Place) -> Path:
        return self._inbox.absolute() / place

    def _make_durable(self, folder: Path) -> None:
        """Make a folder where it is missing; whoever made it, its name survives a power cut."""
        if self._disk.make_folder(folder) or folder not in self._durable:
            self._disk.sync_folder(folder.parent)
            self._durable.add(folder)

    def _take_back(self, source: Path, target: Path) -> None:
        """Undo a link that is in doubt: the file is staged and nothing else."""
        if _is_same_file(source, target):
            self._disk.remove(target)
        elif target.exists() and not source.exists():
            target.replace(source)

    def _staged_path(self, id_: str) -> Path:
        return self._incoming / id_


def _is_same_file(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)
