"""Who may push: the `allowed` file, one line a client, as SSH's authorized_keys.

::

    # comments and empty lines are left alone
    alice upub_...
    bob   upub_...

`allow` and `revoke` replace the file in one step; a running daemon sees the change within a
second (`AllowedFile.changed`). Names become folder names in the inbox.
"""

from __future__ import annotations

import contextlib
import difflib
import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from underpaint_common.crypto import keytext
from underpaint_common.crypto.keytext import KeyKind
from underpaint_common.errors import LocalFileError, UsageError
from underpaint_common.files import read_bounded, write_atomically

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_MAX_FILE_BYTES = 64 << 20

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class AllowedClients:
    """The clients that may push.

    Attributes
    ----------
    names : mapping
        From raw public key to name; both sides are unique.
    """

    names: Mapping[bytes, str]

    def __contains__(self, public_key: bytes) -> bool:
        return public_key in self.names

    def name_of(self, public_key: bytes) -> str | None:
        """Return the name under which a key is allowed, or None."""
        return self.names.get(public_key)


class AllowedFile:
    """The file that lists them, for the commands that change it and the daemon that obeys it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: Stamp | None = None

    def load(self) -> AllowedClients:
        """Read the list; a missing file allows nobody.

        Raises
        ------
        LocalFileError
            The file cannot be read, or a line is no name with a public key.
        """
        # The stamp is taken first: a change in between is then seen as a change once more.
        self._seen = self._stamp()
        names: dict[bytes, str] = {}
        taken: set[str] = set()
        for number, line in enumerate(self._lines(), start=1):
            client = _parse_line(line, f"{self._path}, line {number}")
            if client is not None:
                name, key = client
                if key in names or name in taken:
                    raise LocalFileError(
                        f"{self._path}, line {number}: this name or key stands there twice"
                    )
                names[key] = name
                taken.add(name)
        return AllowedClients(names)

    def changed(self) -> bool:
        """Tell whether the file is another than at the last `load`; costs one stat."""
        return self._stamp() != self._seen

    def allow(self, name: str, public_key: bytes) -> bool:
        """Add a client; tell whether it was new.

        Raises
        ------
        UsageError
            The name is unfit, or name or key is already taken by another pair.
        """
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"{name!r} cannot be a client's name",
                hint="up to 64 letters, digits, dots, dashes and underscores, "
                "the first a letter or digit",
            )
        with self._exclusive():
            clients = self.load()
            if clients.name_of(public_key) == name:
                return False
            _refuse_conflict(clients, name, public_key)
            line = f"{name} {keytext.encode(KeyKind.PUBLIC, public_key)}"
            self._replace([*self._lines(), line])
        return True

    def revoke(self, name: str) -> None:
        """Remove a client.

        Raises
        ------
        UsageError
            No client has this name.
        """
        with self._exclusive():
            names = list(self.load().names.values())
            if name not in names:
                near = difflib.get_close_matches(name, names, n=1)
                raise UsageError(
                    f"no client is called {name!r}",
                    hint=f"did you mean {near[0]}?" if near else None,
                )
            self._replace([line for line in self._lines() if line.split()[:1] != [name]])

    def _lines(self) -> list[str]:
        if not self._path.exists():
            return []
        content = read_bounded(self._path, max_bytes=_MAX_FILE_BYTES)
        return content.decode("utf-8", errors="replace").splitlines()

    def _replace(self, lines: list[str]) -> None:
        text = "".join(f"{line}\n" for line in lines)
        write_atomically(self._path, [text.encode()], overwrite=True, mode=0o600)

    def _stamp(self) -> Stamp | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns, status.st_size

    @contextlib.contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Let one command at a time change the list; it is the folder that is locked."""
        try:
            descriptor = os.open(self._path.parent, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise LocalFileError(f"cannot open {self._path.parent}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _parse_line(line: str, place: str) -> tuple[str, bytes] | None:
    words = line.split()
    if not words or words[0].startswith("#"):
        return None
    if len(words) != 2 or not _NAME.fullmatch(words[0]):
        raise LocalFileError(f"{place}: expected a name and a public key")
    try:
        return words[0], keytext.decode(KeyKind.PUBLIC, words[1])
    except UsageError as error:
        raise LocalFileError(f"{place}: {error.message}", hint=error.hint) from None


def _refuse_conflict(clients: AllowedClients, name: str, public_key: bytes) -> None:
    if name in clients.names.values():
        raise UsageError(
            f"{name} is already allowed, with another key",
            hint=f"underpaintd revoke {name} removes the old key",
        )
    other = clients.name_of(public_key)
    if other is not None:
        raise UsageError(
            f"this key is already allowed, as {other}",
            hint=f"underpaintd revoke {other} removes it",
        )
