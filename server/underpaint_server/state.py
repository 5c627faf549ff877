"""The state folder: everything of a daemon that is not configuration.

::

    state/
    ├── identity.key        the server's private key, 0600
    ├── allowed             who may push, and who is invited to: a line each, 0600
    ├── catalog.sqlite3     what was received
    ├── inbox/CLIENT/       the secrets, under their own names
    ├── incoming/           files on their way into the inbox
    ├── spool/              stego images that are not complete
    └── lock                held by the running daemon
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import LocalFileError, reason_of

_PATIENCE_SECONDS = 0.5
_LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class StateFolder:
    """Where the parts of the state lie."""

    root: Path

    @property
    def identity(self) -> Path:
        """The server's private key."""
        return self.root / "identity.key"

    @property
    def allowed(self) -> Path:
        """The list of allowed clients."""
        return self.root / "allowed"

    @property
    def catalog(self) -> Path:
        """The database of what was received."""
        return self.root / "catalog.sqlite3"

    @property
    def inbox(self) -> Path:
        """Received secrets, one folder a client."""
        return self.root / "inbox"

    @property
    def incoming(self) -> Path:
        """Secrets that are complete and have not yet got their place in the inbox."""
        return self.root / "incoming"

    @property
    def spool(self) -> Path:
        """Stego images that are being received."""
        return self.root / "spool"

    @property
    def _lock(self) -> Path:
        return self.root / "lock"

    def create(self) -> Identity:
        """Make the folder with a fresh identity; an existing identity is never replaced."""
        self.make_folders()
        identity = Identity.generate()
        identity.save(self.identity)
        return identity

    def make_folders(self) -> None:
        """Make the folder and those in it, as far as they are missing, for this user alone.

        Raises
        ------
        LocalFileError
            They cannot be made.
        """
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.inbox, self.incoming, self.spool):
                folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise LocalFileError(f"cannot make {self.root}: {reason_of(error)}") from error

    def load_identity(self) -> Identity:
        """Read the server's identity.

        Raises
        ------
        LocalFileError
            There is none, or others can read it.
        """
        if not self.identity.exists():
            raise LocalFileError(
                f"{self.root} is not a state folder of underpaintd: it has no identity.key",
                hint="underpaintd init DIR makes one",
            )
        return Identity.load(self.identity)

    def check_writable(self) -> None:
        """Refuse a folder in which nothing could be kept."""
        for folder in (self.root, self.inbox, self.incoming, self.spool):
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                raise LocalFileError(
                    f"{folder} is missing or cannot be written by this user",
                    hint="give the folder to the user that runs underpaintd",
                )

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the state against a second daemon.

        Raises
        ------
        LocalFileError
            Another daemon holds it.
        """
        try:
            descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LocalFileError(f"cannot lock {self.root}: {reason_of(error)}") from error
        try:
            self._take(descriptor)
            yield
        finally:
            os.close(descriptor)

    def is_locked(self) -> bool:
        """Tell whether a daemon, or a copy into this folder, holds the state."""
        try:
            descriptor = os.open(self._lock, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise LocalFileError(f"cannot read {self._lock}: {reason_of(error)}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def _take(self, descriptor: int) -> None:
        # Whoever only looks (`is_locked`) holds it for a moment.
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() < deadline:
                    time.sleep(_LOOK_SECONDS)
                    continue
                raise LocalFileError(
                    f"another underpaintd is running on {self.root}",
                    hint="stop it first, or give this one a state folder of its own",
                ) from None
            return
