"""What a push has in hand while it runs, so that no other process takes it as well."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from underpaint_client.locks import FileLock


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """Something that is in hand; `let_go` is done once."""

    claims: Claims
    name: str

    def let_go(self) -> None:
        """Let another process have it, once nobody in this one has it any more."""
        self.claims.let_go(self.name)


class Claims:
    """Covers and secrets in hand, by digest. Safe to use from several threads.

    Claims hold between processes: of one in this process there may be several, and the last to be
    let go frees it. The system frees those of a process that dies.

    Parameters
    ----------
    folder : Path or None
        Where their locks lie; made when it is needed. None where nothing can be kept: then
        everything is free.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._locks: dict[str, FileLock] = {}
        self._counts: Counter[str] = Counter()
        self._one_at_a_time = threading.Lock()

    def cover(self, sha256: bytes) -> Claim | None:
        """Claim a cover by the digest of its samples; None where another process has it.

        Raises
        ------
        LocalFileError
            The lock cannot be used.
        """
        return self._claim(f"cover-{sha256.hex()}")

    def secret(self, mark: bytes) -> Claim | None:
        """Claim a secret for its server by its `ledger.mark_of`; otherwise as `cover`."""
        return self._claim(f"secret-{mark.hex()}")

    def let_go(self, name: str) -> None:
        """Give up one claim."""
        with self._one_at_a_time:
            self._counts[name] -= 1
            if self._counts[name] == 0:
                del self._counts[name]
                lock = self._locks.pop(name, None)
                if lock is not None:
                    lock.let_go()

    def _claim(self, name: str) -> Claim | None:
        with self._one_at_a_time:
            if self._folder is not None and name not in self._locks:
                lock = FileLock.take_if_free(self._folder / name)
                if lock is None:
                    return None
                self._locks[name] = lock
            self._counts[name] += 1
        return Claim(self, name)
