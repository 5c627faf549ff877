"""Where the client keeps its files on this platform."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from underpaint_client.homes import home_folder
from underpaint_common.errors import LocalFileError, reason_of
from underpaint_common.files import write_atomically

IDENTITY_VARIABLE = "UNDERPAINT_IDENTITY"
CONFIGURATION_VARIABLE = "UNDERPAINT_CONFIG"
STATE_VARIABLE = "UNDERPAINT_STATE"


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
        base = Path(roaming) if roaming else home_folder() / "AppData" / "Roaming"
    elif platform == "darwin":
        base = home_folder() / "Library" / "Application Support"
    else:
        chosen = Path(environment.get("XDG_CONFIG_HOME", ""))
        base = chosen if chosen.is_absolute() else home_folder() / ".config"
    return base / "underpaint"


def state_folder(environment: Mapping[str, str] | None = None, platform: str | None = None) -> Path:
    """Return the folder of what is remembered between runs; it need not exist.

    Parameters
    ----------
    environment : Mapping[str, str], optional
        Environment variables; those of the process if not given.
    platform : str, optional
        As `sys.platform`.

    Returns
    -------
    Path
        ``$UNDERPAINT_STATE``, else ``$XDG_STATE_HOME/underpaint`` (by default
        ``~/.local/state``), ``%LOCALAPPDATA%`` on Windows, ``~/Library/Application Support`` on
        macOS.
    """
    environment = os.environ if environment is None else environment
    platform = platform or sys.platform
    if named := environment.get(STATE_VARIABLE):
        return Path(named)
    if platform == "win32":
        local = environment.get("LOCALAPPDATA")
        base = Path(local) if local else home_folder() / "AppData" / "Local"
    elif platform == "darwin":
        base = home_folder() / "Library" / "Application Support"
    else:
        chosen = Path(environment.get("XDG_STATE_HOME", ""))
        base = chosen if chosen.is_absolute() else home_folder() / ".local" / "state"
    return base / "underpaint"


def configuration_path() -> Path:
    """Return where the configuration file lies, whether or not it exists."""
    variable = os.environ.get(CONFIGURATION_VARIABLE)
    return Path(variable) if variable else configuration_folder() / "client.yaml"


def identity_path(named: Path | None = None) -> Path:
    """Return where the identity lies.

    As named, else as the environment says, else as the configuration file says, else beside it.
    """
    if named is not None:
        return named
    variable = os.environ.get(IDENTITY_VARIABLE)
    if variable:
        return Path(variable)
    from underpaint_client.configuration import identity_in, load_configuration

    path = configuration_path()
    configured = identity_in(load_configuration(path), path)
    return configured or configuration_folder() / "identity.key"


def write_private(path: Path, text: str) -> None:
    """Write a text file for this user alone, whole or not at all; folders are made where missing.

    Raises
    ------
    LocalFileError
        It cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LocalFileError(f"cannot make {path.parent}: {reason_of(error)}") from error
    write_atomically(path, [text.encode()], overwrite=True, mode=0o600)
