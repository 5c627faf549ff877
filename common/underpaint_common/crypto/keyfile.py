"""Files that hold one secret key: a single line of text that nobody else may read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from underpaint_common.crypto import keytext
from underpaint_common.crypto.keytext import KeyKind
from underpaint_common.errors import LocalFileError, UsageError, reason_of
from underpaint_common.files import refuse_nul

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MAX_FILE_BYTES = 4096


def read(path: Path, kind: KeyKind, *, hint_if_missing: str) -> bytes:
    """Return the raw bytes of the key that a file holds.

    Raises
    ------
    LocalFileError
        The file is missing, unreadable, readable by others, or holds no key of this kind.
    """
    return decode(path, kind, read_text(path, hint_if_missing=hint_if_missing))


def read_text(path: Path, *, hint_if_missing: str) -> str:
    """Return the text of a key file, for one that may hold keys of several kinds.

    Raises
    ------
    LocalFileError
        The file is missing, unreadable, or readable by others.
    """
    refuse_nul(path, "read")
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise LocalFileError(f"there is no key file {path}", hint=hint_if_missing) from None
    except OSError as error:
        raise LocalFileError(f"cannot read the key file {path}: {reason_of(error)}") from error
    if os.name == "posix" and mode & _OTHERS:
        raise LocalFileError(
            f"the key file {path} can be read or written by others",
            hint=f"chmod 600 {path}, and think of the key as known if they are strangers",
        )
    return content[:_MAX_FILE_BYTES].decode("ascii", "replace")


def decode(path: Path, kind: KeyKind, text: str) -> bytes:
    """Return the raw bytes of the key in a file's text.

    Raises
    ------
    LocalFileError
        It is no key of this kind.
    """
    try:
        return keytext.decode(kind, text)
    except UsageError as error:
        raise LocalFileError(f"{path}: {error.message}", hint=error.hint) from None


def write(path: Path, kind: KeyKind, raw: bytes) -> None:
    """Write a new key file, mode 0600; missing folders above it are made for the owner alone.

    Raises
    ------
    LocalFileError
        The file exists (a key is never overwritten) or cannot be written; nothing is left then.
    """
    line = keytext.encode(kind, raw).encode("ascii") + b"\n"
    refuse_nul(path, "write")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        raise exists_already(path) from None
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def exists_already(path: Path) -> LocalFileError:
    """Return the refusal to overwrite a key."""
    return LocalFileError(
        f"{path} exists already, and a key is never overwritten",
        hint="name another file, or move the old one away",
    )


def _unwritable(path: Path, error: OSError) -> LocalFileError:
    return LocalFileError(f"cannot write the key file {path}: {reason_of(error)}")
