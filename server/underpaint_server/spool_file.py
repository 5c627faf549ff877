"""One upload's stego image while it is not complete: a file of the spool, hashed as it comes."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from underpaint_server.spool import Spool

_CHUNK_BYTES = 1 << 20


class SpoolFile:
    """One upload's bytes on their way in, hashed as they come; made by `Spool.file_of`.

    First comes `resume`, last `release` or `discard`, however `resume` went. The methods block on
    the disk and are called by one thread at a time.
    """

    def __init__(self, path: Path, spool: Spool) -> None:
        self.path = path
        self._spool = spool
        self._descriptor: int | None = None
        self._start()

    def _start(self) -> None:
        self.length = 0
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> bytes:
        """The digest of what is here so far."""
        return self._digest.digest()

    def resume(self) -> None:
        """Take up what an interrupted upload left; the file is in use from now on."""
        self._spool.take_up(self.path)
        with contextlib.suppress(FileNotFoundError), self.path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                self._digest.update(chunk)
                self.length += len(chunk)
        self._spool.found(self.path, self.length)

    def restart(self) -> None:
        """Forget all bytes: the client has others."""
        self.close()
        self._spool.forget(self.path)
        self._start()

    def append(self, data: bytes | bytearray) -> None:
        """Add bytes at the end; the first ones make the file.

        Raises
        ------
        Refused
            The spool or the disk would be too full.
        OSError
            The disk failed; the file can only be discarded then.
        """
        self._spool.reserve(self.path, len(data))
        if self._descriptor is None:
            self._descriptor = self._spool.create(self.path)
        self._digest.update(data)
        remaining = memoryview(data)
        while remaining:
            remaining = remaining[os.write(self._descriptor, remaining) :]
        self.length += len(data)

    def close(self) -> None:
        """Close the file; it stays."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def release(self) -> None:
        """Close the file and leave it to be resumed."""
        self.close()
        self._spool.leave(self.path)

    def discard(self) -> None:
        """Close and remove the file."""
        with contextlib.suppress(OSError):
            self.close()
        with contextlib.suppress(OSError):
            self._spool.forget(self.path)
        self._spool.leave(self.path)
