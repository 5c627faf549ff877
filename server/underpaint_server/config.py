"""The daemon's configuration: server.yaml, checked against types, with human units.

`init` writes the file once; the daemon only reads it, so it can lie on a read-only disk.
Everything that changes while the daemon runs is in the state folder.
"""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from underpaint_common.errors import LocalFileError, UsageError
from underpaint_common.files import read_bounded, write_atomically
from underpaint_common.units import ByteCount, PixelCount, Seconds, read_quantity
from underpaint_server.endpoint import DEFAULT_PORT, Endpoint
from underpaint_server.keep import Keep
from underpaint_server.limits import Limits
from underpaint_server.template import TEMPLATE

_MAX_CONFIG_BYTES = 1 << 20
_QUANTITIES = (ByteCount, Seconds, PixelCount)
_SPELLINGS: dict[str, Callable[[str], object]] = {
    "listen": Endpoint.parse,
    "metrics": Endpoint.parse,
    "on_received": shlex.split,
}


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What server.yaml says.

    Attributes
    ----------
    listen : Endpoint
        Where connections are accepted.
    host : str
        The name under which clients reach this host, as it stands in the address line.
    state : Path
        The state folder; a relative path is taken from the configuration file's folder.
    keep : Keep
        What is kept of an upload.
    log_level : str
        The least severe events that are logged.
    log_format : str
        For people, or for programs.
    metrics : Endpoint or None
        Where metrics and health are served, if they are.
    on_received : tuple of str
        The command that is run for each received image, with its first arguments; may be empty.
    limits : Limits
        Bounds; every one has a safe default.
    """

    listen: Endpoint = Endpoint("127.0.0.1", DEFAULT_PORT)
    host: str = "127.0.0.1"
    state: Path = Path("state")
    keep: Keep = Keep.SECRET
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    metrics: Endpoint | None = None
    on_received: tuple[str, ...] = ()
    limits: Limits = Limits()

    def listening_on(self, listen: Endpoint) -> Config:
        """Return this configuration with another place to listen, as `--listen` gives it.

        Clients are told that place's host, unless it stands for all addresses.
        """
        host = self.host if listen.is_every_address else listen.host
        return msgspec.structs.replace(self, listen=listen, host=host)


def load_config(path: Path) -> Config:
    """Read and check a configuration file.

    Raises
    ------
    LocalFileError
        The file is missing or cannot be read.
    UsageError
        It says something that is not understood.
    """
    if not path.exists():
        raise LocalFileError(
            f"{path} does not exist",
            hint="underpaintd init DIR makes one; --config FILE names another",
        )
    config = parse_config(read_bounded(path, max_bytes=_MAX_CONFIG_BYTES), source=str(path))
    return msgspec.structs.replace(config, state=path.absolute().parent / config.state)


def parse_config(text: bytes, *, source: str) -> Config:
    """Read a configuration from YAML text; `source` names it in errors."""
    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UsageError(f"{source} is not valid YAML: {' '.join(str(error).split())}") from error
    if content is None:
        content = {}
    _refuse_unknown_keys(content, Config, source)
    try:
        # A dataclass is built from attributes, so an endpoint goes in as what it is.
        return msgspec.convert(
            _prepared(content, source), Config, dec_hook=_read_custom, from_attributes=True
        )
    except msgspec.ValidationError as error:
        raise UsageError(f"{source}: {_in_our_words(error)}") from None


def write_new_config(path: Path, *, listen: Endpoint, host: str) -> None:
    """Write the configuration that `init` hands to the operator; never overwrites."""
    text = TEMPLATE.format(listen=listen, host=host)
    write_atomically(path, [text.encode()], overwrite=False, mode=0o644)


def _read_custom(kind: type, value: object) -> Any:
    if kind in _QUANTITIES:
        return read_quantity(kind, value)
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return Path(value)


def _prepared(content: dict[str, object], source: str) -> dict[str, object]:
    """Replace what has a spelling of its own by what it means."""
    prepared = dict(content)
    for name, read in _SPELLINGS.items():
        value = content.get(name)
        if isinstance(value, str) or (value is not None and read is Endpoint.parse):
            try:
                prepared[name] = read(str(value))
            except ValueError as error:
                raise UsageError(f"{source}: {name}: {error}") from None
    return prepared


def _refuse_unknown_keys(
    content: object, struct: type[msgspec.Struct], source: str, within: str = ""
) -> None:
    if not isinstance(content, dict):
        raise UsageError(f"{source}: {within or 'the file'} must hold `name: value` lines")
    fields = {field.name: field.type for field in msgspec.structs.fields(struct)}
    for key, value in content.items():
        if key not in fields:
            near = difflib.get_close_matches(str(key), fields, n=1)
            meant = f"did you mean {near[0]}?" if near else f"known: {', '.join(fields)}"
            raise UsageError(f"{source}: unknown key {within}{key}", hint=meant)
        if isinstance(fields[key], type) and issubclass(fields[key], msgspec.Struct):
            _refuse_unknown_keys(value, fields[key], source, within=f"{key}.")


def _in_our_words(error: msgspec.ValidationError) -> str:
    reason, _, place = str(error).partition(" - at `$.")
    return f"{place.rstrip('`')}: {reason[:1].lower()}{reason[1:]}" if place else reason
