"""The bytes of received secrets, as files: staged first, then put in their place.

Staging makes the bytes durable under an id in `incoming/`; placing gives the file its name in
the inbox, in one step and never over another file. Between the two the catalog commits its
row, so that a restart knows of every staged file whether to place it or to drop it. Nothing
half-written is ever seen in the inbox.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from underpaint_server.disk import Disk

Place = str
"""Where a secret lies: a path relative to the inbox, CLIENT/NAME."""


class FileStore:
    """Secrets in a folder.

    Parameters
    ----------
    inbox, incoming : Path
        Two existing folders of one file system.
    disk : Disk, optional
        The operations on files.
    """

    def __init__(self, inbox: Path, incoming: Path, disk: Disk | None = None) -> None:
        self._inbox = inbox
        self._incoming = incoming
        self._disk = disk or Disk()

    def stage(self, id_: str, data: bytes) -> None:
        """Make a secret's bytes durable; nothing stays behind on failure."""
        try:
            self._disk.write_new(self._staged_path(id_), data)
            self._disk.sync_folder(self._incoming)
        except BaseException:
            self.drop(id_)
            raise

    def place(self, id_: str, place: Place) -> None:
        """Move a staged secret to its place in the inbox, durably.

        Done again for a secret that is there already (after a crash in between), it does
        nothing more.

        Raises
        ------
        FileExistsError
            Another file has this name.
        OSError
            The disk failed; the secret is still staged.
        """
        source, target = self._staged_path(id_), self.path_of(place)
        self._disk.make_folder(target.parent)
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
            # The secret is in its place; a staged name that stays is cleared at the next start.
            self._disk.remove(source)

    def drop(self, id_: str) -> None:
        """Forget a staged secret, if there is one."""
        self._disk.remove(self._staged_path(id_))

    def staged(self) -> list[str]:
        """Return the ids of all staged secrets."""
        return sorted(os.listdir(self._incoming))  # noqa: PTH208 - names are wanted, not paths

    def is_staged(self, id_: str) -> bool:
        """Tell whether a secret waits for its place."""
        return self._staged_path(id_).exists()

    def is_taken(self, place: Place) -> bool:
        """Tell whether a file has this name, whoever made it."""
        return os.path.lexists(self.path_of(place))

    def path_of(self, place: Place) -> Path:
        """Return the absolute path of a place."""
        return self._inbox.absolute() / place

    def _take_back(self, source: Path, target: Path) -> None:
        """Undo a link that is in doubt: the secret is staged and nothing else."""
        if _is_same_file(source, target):
            self._disk.remove(target)
        elif not source.exists():
            target.replace(source)

    def _staged_path(self, id_: str) -> Path:
        return self._incoming / id_


def _is_same_file(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)
