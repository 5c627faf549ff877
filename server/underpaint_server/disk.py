"""The few operations on files that durability rests on, behind one seam.

The store does all its writing through a `Disk`, so that tests can make any one of them fail
as a failing disk does, and see that nothing is lost or half-written.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

_NO_HARD_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


class Disk:
    """The real disk. Every method raises OSError as the system does."""

    def write_new(self, path: Path, data: bytes) -> None:
        """Create a file that must not exist, fill it and fsync it."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            remaining = memoryview(data)
            while remaining:
                remaining = remaining[file.write(remaining) :]
            os.fsync(file.fileno())

    def adopt(self, source: Path, target: Path) -> None:
        """Give an existing file a second name after fsyncing it; the new name must be free."""
        descriptor = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        self.link_new(source, target)

    def link_new(self, source: Path, target: Path) -> None:
        """Give a file a second name, which must be free: `FileExistsError` where it is not.

        A hard link fails on a taken name where a rename would replace it. Where a file system
        has no hard links, the new name is reserved and then takes the place of the old one.
        """
        try:
            target.hardlink_to(source)
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            target.touch(exist_ok=False)
            source.replace(target)

    def make_folder(self, path: Path) -> bool:
        """Make a private folder; tell whether it was missing."""
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=0o700)
            return True
        return False

    def sync_folder(self, path: Path) -> None:
        """Make the names in a folder durable."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there."""
        path.unlink(missing_ok=True)
