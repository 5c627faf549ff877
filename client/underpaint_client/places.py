"""Where the client keeps its files on this platform."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

IDENTITY_VARIABLE = "UNDERPAINT_IDENTITY"


def configuration_folder(
    environment: Mapping[str, str] | None = None, platform: str | None = None
) -> Path:
    """Return the folder of this user's configuration; it need not exist.

    Parameters
    ----------
    environment : Mapping[str, str], optional
        Environment variables; those of the process if not given.
    platform : str, optional
        As `sys.platform`.

    Returns
    -------
    Path
        ``$XDG_CONFIG_HOME/underpaint`` (by default ``~/.config``; XDG Base Directory
        Specification), ``%APPDATA%`` on Windows, ``~/Library/Application Support`` on macOS.
    """
    environment = os.environ if environment is None else environment
    platform = platform or sys.platform
    if platform == "win32":
        roaming = environment.get("APPDATA")
        base = Path(roaming) if roaming else Path.home() / "AppData" / "Roaming"
    elif platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        chosen = Path(environment.get("XDG_CONFIG_HOME", ""))
        base = chosen if chosen.is_absolute() else Path.home() / ".config"
    return base / "underpaint"


def identity_path(named: Path | None = None) -> Path:
    """Return where the identity lies: as named, else as the environment says, else by default."""
    if named is not None:
        return named
    variable = os.environ.get(IDENTITY_VARIABLE)
    return Path(variable) if variable else configuration_folder() / "identity.key"
