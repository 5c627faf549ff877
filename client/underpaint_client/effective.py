"""Which value each setting has, and where it comes from: environment, file, or built in."""

from __future__ import annotations

import enum
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import msgspec

from underpaint_client.configuration import (
    KEYS,
    Configuration,
    edit,
    identity_in,
    load_configuration,
    read_text,
)
from underpaint_client.homes import expanded
from underpaint_client.places import configuration_path, identity_path
from underpaint_client.remotes import Remotes
from underpaint_client.yaml_edit import with_value, without_value
from underpaint_common import settings
from underpaint_common.errors import UsageError

_TRUTH = {
    **dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True),
    **dict.fromkeys(("0", "false", "f", "no", "n", "off"), False),
}


_WHOLE = re.compile(r"-?[0-9]{1,18}")


class Origin(enum.StrEnum):
    """Where a value comes from, the strongest first; an option on the command line beats all."""

    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it holds where no option says otherwise.

    Attributes
    ----------
    key : str
        Its name in the configuration file.
    value
        Its value, or None.
    origin : Origin
        Where that comes from.
    where : str
        The variable or file; empty for a default.
    """

    key: str
    value: object
    origin: Origin
    where: str = ""


def variable_of(key: str) -> str:
    """Return the environment variable of a setting."""
    return f"UNDERPAINT_{key.upper()}"


def effective(
    path: Path | None = None, environment: Mapping[str, str] | None = None
) -> tuple[Setting, ...]:
    """Return every setting.

    Parameters
    ----------
    path : Path, optional
        The configuration file.
    environment : Mapping[str, str], optional
        Environment variables; those of the process if not given.

    Raises
    ------
    UsageError
        File or environment hold what is not understood.
    """
    path = configuration_path() if path is None else path
    environment = os.environ if environment is None else environment
    configuration = load_configuration(path)
    written = written_keys(path)
    return tuple(_setting(key, configuration, written, path, environment) for key in KEYS)


def setting(key: str) -> Setting:
    """Return one setting.

    Raises
    ------
    UsageError
        There is none of this name, or its value is not understood.
    """
    check_key(key)
    return next(each for each in effective() if each.key == key)


def in_file() -> dict[str, Any]:
    """Return the settings that stand in the configuration file, with their values."""
    path = configuration_path()
    configuration = load_configuration(path)
    return {key: getattr(configuration, key) for key in written_keys(path) & set(KEYS)}


def written_keys(path: Path) -> frozenset[str]:
    """Return the keys that stand in a configuration file that was checked."""
    return _keys_in(read_text(path), path)


def _keys_in(text: str, path: Path) -> frozenset[str]:
    content = settings.read_yaml(text, source=str(path))
    return frozenset(content) if isinstance(content, dict) else frozenset()


def check_key(key: str) -> None:
    """Refuse the name of a setting that does not exist."""
    if key == "remotes":
        raise UsageError("remotes is no single value", hint="see underpaint remote --help")
    if key not in KEYS:
        raise UsageError(f"there is no setting {key}", hint=settings.did_you_mean(key, KEYS))


def from_text(key: str, text: str, *, source: str) -> Any:
    """Return the value that a text means, as the environment and `config set` give it.

    Raises
    ------
    UsageError
        It is not understood; `source` is where it stands.
    """
    kind = msgspec.structs.fields(Configuration)[_index(key)].type
    value: object = text
    if kind is bool:
        value = _TRUTH.get(text.strip().lower(), text)
    elif _is_whole(kind) and _WHOLE.fullmatch(text.strip()):
        value = int(text)
    checked = settings.convert({key: value}, Configuration, source=source)
    return getattr(checked, key)


def change(key: str, text: str | None, path: Path | None = None) -> None:
    """Write a setting into the configuration file, or with None take it out.

    Raises
    ------
    UsageError
        There is no such setting, or the text is not understood.
    LocalFileError
        The file cannot be written.
    """
    check_key(key)
    path = configuration_path() if path is None else path

    def changed(now: str) -> str:
        if text is not None:
            return with_value(now, (key,), _to_write(key, text, path))
        return without_value(now, (key,)) if key in _keys_in(now, path) else now

    edit(path, changed)


def _to_write(key: str, text: str, path: Path) -> str | int | bool:
    """Return what the file holds for a text: sizes and times stay as they were written."""
    value = from_text(key, text, source="config set")
    if key == "to":
        Remotes(path).resolve(text)
    if key == "identity":
        return str(expanded(Path(text)).absolute())
    return value if isinstance(value, bool) or type(value) is int else text.strip()


def _setting(
    key: str,
    configuration: Configuration,
    written: frozenset[str],
    path: Path,
    environment: Mapping[str, str],
) -> Setting:
    variable = variable_of(key)
    if environment.get(variable):
        value = from_text(key, environment[variable], source=variable)
        return Setting(key, value, Origin.ENVIRONMENT, variable)
    if key in written:
        value = getattr(configuration, key)
        if key == "identity":
            value = identity_in(configuration, path)
        return Setting(key, value, Origin.FILE, str(path))
    if key == "to":
        return Setting(key, Remotes(path).default(), Origin.DEFAULT)
    value = identity_path() if key == "identity" else getattr(configuration, key)
    return Setting(key, value, Origin.DEFAULT)


def _index(key: str) -> int:
    return Configuration.__struct_fields__.index(key)


def _is_whole(kind: object) -> bool:
    """Tell a whole number, bounded or optional, from texts and from numbers with units."""
    return kind is int or any(_is_whole(part) for part in get_args(kind))
