"""Stego images that are not complete yet: files that outlive connections and restarts.

::

    spool/CLIENT KEY/UPLOAD ID

holds the bytes of one upload that came so far. They are not fsynced: whoever resumes compares
their digest first, so that whatever a crash made of them is noticed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from underpaint_server.bounds import disk_full, spool_full
from underpaint_server.limits import Limits
from underpaint_server.spool_file import SpoolFile

_HEXADECIMAL = re.compile("[0-9a-f]{96}")  # a key of 32 bytes, an id of 16


class Spool:
    """The folder of such files, within its bounds. Safe to use from several threads.

    Parameters
    ----------
    folder : Path
        An existing folder.
    limits : callable, optional
        Returns the bounds of this moment; the default ones if not given.

    Attributes
    ----------
    used_bytes : int
        Bytes of all files. Whoever reads it waits for nobody who is at the disk.
    """

    def __init__(self, folder: Path, limits: Callable[[], Limits] = Limits) -> None:
        self.used_bytes = 0
        self._folder = folder
        self._limits = limits
        self._lock = threading.Lock()
        self._in_use: set[Path] = set()
        self._sizes: dict[Path, int] = {}

    def file_of(self, client_key: bytes, upload_id: bytes) -> SpoolFile:
        """Return the file of an upload, not yet looked at: this waits for nothing."""
        return SpoolFile(self._folder / client_key.hex() / upload_id.hex(), self)

    def count(self) -> int:
        """Count what is here, once at the start; return how many uploads can be resumed."""
        files = [(path, status.st_size) for path, status in self._files()]
        with self._lock:
            for path, size in files:
                self._note(path, size)
        return len(files)

    def sizes(self) -> list[int]:
        """Return the length of each file, as another process sees it."""
        return [status.st_size for _, status in self._files()]

    def reserve(self, path: Path, count: int) -> None:
        """Make room for more bytes of a file, at the cost of the longest interrupted upload.

        Raises
        ------
        Refused
            There is no room.
        """
        limits = self._limits()
        if shutil.disk_usage(self._folder).free - count < limits.min_free:
            raise disk_full()
        while not self._claim(path, count, limits.spool_bytes):
            if not (self._forget_missing() or self._drop_oldest()):
                raise spool_full()

    def take_up(self, path: Path) -> None:
        """Note that a file is in use: nobody else removes it."""
        with self._lock:
            self._in_use.add(path)

    def found(self, path: Path, size: int) -> None:
        """Count a file with the size that it turned out to have."""
        with self._lock:
            self._note(path, size)

    def create(self, path: Path) -> int:
        """Open a file for appending, made with its folder where missing."""
        with self._lock:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def forget(self, path: Path) -> None:
        """Remove a file, and its folder where that was the last."""
        with self._lock:
            self._remove(path)

    def leave(self, path: Path) -> None:
        """Note that a file is in use no more."""
        with self._lock:
            self._in_use.discard(path)

    def sweep(self, is_allowed: Callable[[bytes], bool]) -> int:
        """Remove what can or may not be resumed any more; return how many files.

        Parameters
        ----------
        is_allowed : callable
            Tells whether a client, by public key, may still push.
        """
        oldest = time.time() - self._limits().spool_ttl
        gone = 0
        for path, status in self._idle():
            if status.st_mtime < oldest or not is_allowed(bytes.fromhex(path.parent.name)):
                gone += self._forget_idle(path)
        self._forget_missing()
        return gone

    def _claim(self, path: Path, count: int, bound: int) -> bool:
        with self._lock:
            if self.used_bytes + count > bound:
                return False
            self._note(path, self._sizes.get(path, 0) + count)
            return True

    def _note(self, path: Path, size: int) -> None:
        """Count a file with its size, 0 for none; to be called with the lock."""
        self.used_bytes += size - self._sizes.pop(path, 0)
        if size:
            self._sizes[path] = size

    def _drop_oldest(self) -> bool:
        oldest = min(self._idle(), key=lambda each: each[1].st_mtime, default=None)
        if oldest is None:
            return False
        self._forget_idle(oldest[0])
        return True

    def _forget_missing(self) -> bool:
        """Count no more what is not here: an operator may empty the folder; tell if any was so."""
        with self._lock:
            known = self._sizes.keys() - self._in_use
        missing = [path for path in known if not path.exists()]
        with self._lock:
            for path in missing:
                if path not in self._in_use and not path.exists():  # or it came back meanwhile
                    self._note(path, 0)
        return bool(missing)

    def _forget_idle(self, path: Path) -> bool:
        """Remove a file unless somebody has taken it up since it was found; tell which."""
        with self._lock:
            if path in self._in_use:
                return False
            self._remove(path)
            return True

    def _remove(self, path: Path) -> None:
        self._note(path, 0)
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()

    def _idle(self) -> Iterator[tuple[Path, os.stat_result]]:
        for path, status in self._files():
            if path not in self._in_use:
                yield path, status

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        # Folders vanish meanwhile, with their last upload: os.walk passes over them, glob fails.
        for folder, _, names in os.walk(self._folder):
            for path in (Path(folder, name) for name in names):
                if _HEXADECIMAL.fullmatch(path.parent.name + path.name):
                    with contextlib.suppress(FileNotFoundError):
                        yield path, path.stat()
