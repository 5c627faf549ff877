"""Home folders, and what to say where there is none."""

from __future__ import annotations

import os
from pathlib import Path

from underpaint_common.errors import UsageError

_HINT = "set HOME to an absolute path; UNDERPAINT_CONFIG and UNDERPAINT_STATE name other places"


def home_folder() -> Path:
    """Return this user's home folder.

    Raises
    ------
    UsageError
        There is none: HOME is empty or relative, or not set for a user that the system knows not.
    """
    named = os.environ.get("HOME")
    if named is not None and not Path(named).is_absolute():
        raise UsageError(f"HOME is {named!r}, which is no absolute path", hint=_HINT)
    try:
        return Path.home()
    except RuntimeError:
        raise UsageError("this user has no home folder", hint=_HINT) from None


def expanded(path: Path) -> Path:
    """Return a path with ``~`` or ``~user`` at its beginning replaced.

    Raises
    ------
    UsageError
        There is no such user, or no such folder.
    """
    if not str(path).startswith("~"):
        return path
    if path.parts[0] == "~":
        return home_folder().joinpath(*path.parts[1:])
    try:
        return path.expanduser()
    except RuntimeError:
        raise UsageError(
            f"{path}: there is no user {path.parts[0][1:]}", hint="write the whole path"
        ) from None
