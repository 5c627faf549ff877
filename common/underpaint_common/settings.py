"""Settings in YAML, read into structs and checked against their types, with errors for people.

Both commands keep their settings in such a file: the daemon in server.yaml, the client in
client.yaml. A key that is not known is told with the nearest one that is.
"""

from __future__ import annotations

import difflib
import enum
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from underpaint_common.errors import UsageError
from underpaint_common.units import ByteCount, PixelCount, Seconds, read_quantity

MAX_FILE_BYTES = 1 << 20

_CORRECT = "correct it there; the example in the documentation shows every key"
_DECIMAL = "write it in decimal, without leading zeros; a text that looks like one in quotes"
_QUANTITIES = (ByteCount, Seconds, PixelCount)
Kind = TypeVar("Kind")


def read_yaml(text: bytes | str, *, source: str) -> object:
    """Return what YAML text says; nothing at all is no settings.

    Parameters
    ----------
    text : bytes or str
        The file's content.
    source : str
        Names the file in errors.

    Raises
    ------
    UsageError
        The text is not YAML.
    """
    import yaml

    from underpaint_common.yaml_numbers import DecimalLoader, NumberError

    try:
        content = yaml.load(text, DecimalLoader)  # noqa: S506 - a safe loader, and stricter
    except NumberError as error:
        raise UsageError(f"{source}: {error}", hint=_DECIMAL) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(
            f"{source} is not valid YAML: {' '.join(str(error).split())}", hint=_CORRECT
        ) from error
    return {} if content is None else content


def refuse_unknown_keys(
    content: object, struct: type[msgspec.Struct], *, source: str, within: str = ""
) -> dict[str, object]:
    """Return the content as the mapping that it must be, if every key is a field of the struct.

    Structs within it are looked at as well; `within` is the place of this one, with a dot.

    Raises
    ------
    UsageError
        It is no mapping, or holds a key that is not known.
    """
    if not isinstance(content, dict):
        raise UsageError(
            f"{source}: {within or 'the file'} must hold `name: value` lines", hint=_CORRECT
        )
    fields = {field.name: field.type for field in msgspec.structs.fields(struct)}
    for key, value in content.items():
        if key not in fields:
            raise UsageError(f"{source}: unknown key {within}{key}", hint=did_you_mean(key, fields))
        if isinstance(fields[key], type) and issubclass(fields[key], msgspec.Struct):
            refuse_unknown_keys(value, fields[key], source=source, within=f"{key}.")
    return content


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """Return the hint for a name that is not known: the nearest one that is, or all of them."""
    names = list(known)
    near = difflib.get_close_matches(str(word), names, n=1)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"


def convert(content: object, kind: type[Kind], *, source: str) -> Kind:
    """Turn what a file says into a type: structs, units (`64 MiB`) and paths among them.

    Raises
    ------
    UsageError
        A value is not of its type; the message names its place.
    """
    try:
        # A dataclass is built from attributes, so one that was read already goes in as it is.
        return msgspec.convert(content, kind, dec_hook=_read_custom, from_attributes=True)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$.")
        place = place.rstrip("`")
        words = f"{place}: {reason[:1].lower()}{reason[1:]}" if place else reason
        hint = _choices(content, kind, place) or _CORRECT
        raise UsageError(f"{source}: {words}", hint=hint) from None


def _read_custom(kind: type, value: object) -> Any:
    if kind in _QUANTITIES:
        return read_quantity(kind, value)
    if not isinstance(value, str):
        raise ValueError("must be a text")
    if not value or "\0" in value:
        raise ValueError("must be a path")
    return Path(value)


def _choices(content: Any, kind: Any, place: str) -> str | None:
    """Return what may stand at a place that takes certain words only."""
    for name in place.split("."):
        if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
            return None
        kind = {field.name: field.type for field in msgspec.structs.fields(kind)}.get(name)
        content = content.get(name) if isinstance(content, dict) else None
    words = [word for part in (kind, *get_args(kind)) for word in _words(part)]
    return did_you_mean(content, words) if words else None


def _words(kind: Any) -> tuple[str, ...]:
    """Return the words of a Literal or of an enumeration; of another type there are none."""
    if isinstance(kind, type) and issubclass(kind, enum.StrEnum):
        return tuple(kind)
    return get_args(kind) if get_origin(kind) is Literal else ()
