"""Files that one process at a time has for itself; the system frees them when it dies.

A lock lies on an open file (flock; on Windows on its first byte), so none outlives its holder. The
file is removed before the lock is let go. Whoever had it open by then holds a lock on nothing, sees
that, and opens anew.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from underpaint_common.errors import LocalFileError, reason_of


class FileLock:
    """A lock that is held; made by `take` or `take_if_free`.

    Parameters
    ----------
    path : Path
        The file, which means nothing but the lock.
    descriptor : int
        Open, and locked.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, path: Path) -> Self:
        """Wait until the lock is free, and take it.

        Raises
        ------
        LocalFileError
            The file cannot be used.
        """
        while (lock := cls._attempt(path, wait=True)) is None:
            pass
        return lock

    @classmethod
    def take_if_free(cls, path: Path) -> Self | None:
        """Take the lock; return None where somebody holds it.

        Raises
        ------
        LocalFileError
            The file cannot be used.
        """
        return cls._attempt(path, wait=False)

    def let_go(self) -> None:
        """Let the next one have it; done again it does nothing."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        with contextlib.suppress(OSError):  # Windows removes no file that is open
            self._path.unlink()
        os.close(descriptor)

    @classmethod
    def _attempt(cls, path: Path, *, wait: bool) -> Self | None:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            while True:
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
                with contextlib.ExitStack() as closing:
                    closing.callback(os.close, descriptor)
                    if not _lock(descriptor, wait=wait):
                        return None
                    if _is_still(path, descriptor):
                        closing.pop_all()
                        return cls(path, descriptor)
        except OSError as error:
            raise LocalFileError(f"cannot lock {path}: {reason_of(error)}") from error


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Be the only one inside, of all threads and processes that name this file.

    Raises
    ------
    LocalFileError
        The file cannot be used.
    """
    lock = FileLock.take(path)
    try:
        yield
    finally:
        lock.let_go()


def _is_still(path: Path, descriptor: int) -> bool:
    """Tell whether an open file is the one that lies there."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, *, wait: bool) -> bool:
        """Lock an open file; waiting ends here after ten seconds, with nothing."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        except OSError as error:
            if error.errno != errno.EDEADLK:
                raise
            return False
        return True

else:

    def _lock(descriptor: int, *, wait: bool) -> bool:
        """Lock an open file; tell whether that is done. Where nothing can lock, all is free."""
        try:
            import fcntl
        except ImportError:
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True
