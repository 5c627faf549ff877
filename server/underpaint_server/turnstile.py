"""Many at once, or one alone: a lock between all threads and processes that share two folders.

It rests on flock of the folders themselves, so that nothing of it is left when a process dies.
Whoever wants to be alone holds the gate while it waits, and so is not kept waiting by those who
would come one after another.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class Turnstile:
    """The lock; not to be taken twice by one thread.

    Parameters
    ----------
    gate, hall : Path
        Two existing folders.
    """

    def __init__(self, gate: Path, hall: Path) -> None:
        self._gate = gate
        self._hall = hall

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Be inside beside others who came this way.

        Raises
        ------
        OSError
            A folder cannot be opened or locked.
        """
        with contextlib.ExitStack() as inside:
            with _locked(self._gate, fcntl.LOCK_EX):
                inside.enter_context(_locked(self._hall, fcntl.LOCK_SH))
            yield

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Be inside while nobody else is.

        Raises
        ------
        OSError
            A folder cannot be opened or locked.
        """
        with _locked(self._gate, fcntl.LOCK_EX), _locked(self._hall, fcntl.LOCK_EX):
            yield


@contextlib.contextmanager
def _locked(folder: Path, kind: int) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)
