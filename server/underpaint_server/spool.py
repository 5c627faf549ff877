"""Stego images while they are being received: temporary files, gone when the upload ends."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path


class SpoolFile:
    """One upload's bytes on their way in, hashed as they come.

    The methods block on the disk and are called by one thread at a time. The file is not
    fsynced: an upload that a crash interrupts is sent again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.length = 0
        self._digest = hashlib.sha256()
        self._descriptor: int | None = None

    def append(self, data: bytes | bytearray) -> None:
        """Add bytes at the end; the first call makes the file."""
        if self._descriptor is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._descriptor = os.open(self.path, flags, 0o600)
        self._digest.update(data)
        remaining = memoryview(data)
        while remaining:
            remaining = remaining[os.write(self._descriptor, remaining) :]
        self.length += len(data)

    @property
    def sha256(self) -> bytes:
        """The digest of what was added so far."""
        return self._digest.digest()

    def close(self) -> None:
        """Close the file; it stays."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def discard(self) -> None:
        """Close and remove the file."""
        with contextlib.suppress(OSError):
            self.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


class Spool:
    """The folder of such files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new_file(self) -> SpoolFile:
        """Return a file for one upload; nothing is on disk until bytes are added."""
        return SpoolFile(self._folder / secrets.token_hex(8))

    def clear(self) -> None:
        """Remove what an earlier daemon left behind."""
        for path in self._folder.iterdir():
            path.unlink()
