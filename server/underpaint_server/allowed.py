"""Who may push: the `allowed` file, one line a client, as SSH's authorized_keys.

What a line says is in `clients`. `allow`, `revoke`, `invite` and a client that joins replace the
file in one step; a running daemon sees the change within a second (`AllowedFile.changed`).
Names become folder names in the inbox.
"""

from __future__ import annotations

import contextlib
import difflib
import fcntl
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from underpaint_common.errors import LocalFileError, UsageError, reason_of
from underpaint_common.files import read_bounded, write_atomically
from underpaint_common.wire.invite import is_client_name
from underpaint_server.clients import AllowedClients, Client, Invitation

MAX_ALLOWED_BYTES = 64 << 20
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

Stamp = tuple[int, ...]


class AllowedFile:
    """The file that lists them, for the commands that change it and the daemon that obeys it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: Stamp | None = ()
        self._looked_at: Stamp | None = ()

    def again(self) -> AllowedFile:
        """Return the same file, as somebody sees it who has looked at nothing yet."""
        return AllowedFile(self._path)

    def load(self) -> AllowedClients:
        """Read the list; a missing file allows nobody.

        Raises
        ------
        LocalFileError
            The file cannot be read, a line is no client, or others can read secrets in it.
        """
        # The stamp is taken first: a change in between is then seen as a change once more.
        stamp = self._stamp()
        clients = AllowedClients.parse(self._lines(), source=str(self._path))
        if any(client.has_secret for client in clients.clients):
            self._refuse_others()
        self._seen = stamp
        return clients

    def changed(self) -> bool:
        """Tell whether the file is another than at the last `load` that worked; costs one stat.

        It has to be the same for two looks: editors take a file away for a moment, or write it
        bit by bit.
        """
        before, self._looked_at = self._looked_at, self._stamp()
        return self._looked_at == before and before != self._seen

    def allow(
        self,
        name: str,
        public_key: bytes,
        preshared_key: bytes | None = None,
        *,
        renew: bool = False,
    ) -> bool:
        """Add a client, or give one a pre-shared key; tell whether that changed anything.

        With `renew` the client of this name gets another key, in one step: what it sent stays its.

        Raises
        ------
        UsageError
            The name is unfit, or name or key is already taken by another pair.
        """
        _refuse_bad_name(name)
        with self._exclusive():
            clients = self.load()
            if clients.name_of(public_key) == name and preshared_key in (
                None,
                clients.preshared_key_of(public_key),
            ):
                return False
            known = clients.name_of(public_key) == name
            if not known:
                _refuse_taken_key(clients, public_key)
            if not (known or renew):
                _refuse_taken_name(clients, name)
            self._replace(name, Client(name, public_key, preshared_key))
        return True

    def invite(self, name: str, invitation: Invitation) -> None:
        """Let whoever holds an invitation become a client.

        Raises
        ------
        UsageError
            The name is unfit or taken.
        """
        _refuse_bad_name(name)
        with self._exclusive():
            _refuse_taken_name(self.load(), name)
            self._replace(name, Client(name, None, invitation=invitation))

    def join(self, invitation: bytes, public_key: bytes) -> str | None:
        """Make the holder of a key the client that an invitation is for, once.

        Asked again by the same key it says the same; the token is spent in the step that
        writes the key down.

        Parameters
        ----------
        invitation : bytes
            The invitation's id.
        public_key : bytes
            Of whoever has shown that it knows the token.

        Returns
        -------
        str or None
            The client's name; None where the invitation does not hold for it.
        """
        with self._exclusive():
            client = self.load().may_join(invitation, public_key, datetime.now(UTC))
            if client is None:
                return None
            if client.key is None:
                self._replace(client.name, replace(client, key=public_key))
        return client.name

    def revoke(self, name: str) -> None:
        """Remove a client, or take an invitation back.

        Raises
        ------
        UsageError
            No client has this name.
        """
        with self._exclusive():
            names = [client.name for client in self.load().clients]
            if name not in names:
                near = difflib.get_close_matches(name, names, n=1)
                raise UsageError(
                    f"no client is called {name!r}",
                    hint=f"did you mean {near[0]}?" if near else None,
                )
            self._replace(name, None)

    def _lines(self) -> list[str]:
        if self._status() is None:
            return []
        content = read_bounded(self._path, max_bytes=MAX_ALLOWED_BYTES)
        return content.decode("utf-8", errors="replace").splitlines()

    def _replace(self, name: str, new: Client | None) -> None:
        """Write the list with another line for a name, and without what is over by now."""
        now, lines = datetime.now(UTC), []
        for line in self._lines():
            client = Client.parse(line, str(self._path))
            if client is None:
                lines.append(line)
            elif client.name == name:
                lines += [str(new)] if new is not None else []
                new = None
            elif (left := client.at(now)) is not None:
                lines.append(line if left is client else str(left))
        lines += [str(new)] if new is not None else []
        text = "".join(f"{line}\n" for line in lines)
        write_atomically(self._path, [text.encode()], overwrite=True, mode=0o600)

    def _refuse_others(self) -> None:
        status = self._status()
        if status is not None and status.st_mode & _OTHERS:
            raise LocalFileError(
                f"{self._path} holds secrets and can be read or written by others",
                hint=f"chmod 600 {self._path}",
            )

    def _stamp(self) -> Stamp | None:
        """Return what tells one state of the file from another, None where it is missing."""
        with contextlib.suppress(LocalFileError):
            status = self._status()
            if status is None:
                return None
            # The last one is changed by chmod and chown as well, which may be what was missing.
            return status.st_ino, status.st_mtime_ns, status.st_size, status.st_ctime_ns
        return ()

    def _status(self) -> os.stat_result | None:
        try:
            return self._path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LocalFileError(f"cannot read {self._path}: {reason_of(error)}") from error

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


def _refuse_bad_name(name: str) -> None:
    if not is_client_name(name):
        raise UsageError(
            f"{name!r} cannot be a client's name",
            hint="up to 64 letters, digits, dots, dashes and underscores, "
            "the first a letter or digit",
        )


def _refuse_taken_name(clients: AllowedClients, name: str) -> None:
    other = clients.called(name)
    if other is None or other.at(datetime.now(UTC)) is None:
        return
    how = "invited" if other.key is None else "allowed, with another key"
    raise UsageError(
        f"{name} is already {how}",
        hint=f"underpaintd revoke {name} takes that back; allow --renew gives {name} another key",
    )


def _refuse_taken_key(clients: AllowedClients, public_key: bytes) -> None:
    other = clients.name_of(public_key)
    if other is not None:
        raise UsageError(
            f"this key is already allowed, as {other}",
            hint=f"underpaintd revoke {other} removes it",
        )
