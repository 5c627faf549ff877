"""The daemon's configuration: server.yaml, checked against types, with human units.

`init` writes the file once; the daemon only reads it, so it can lie on a read-only disk.
Everything that changes while the daemon runs is in the state folder.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from underpaint_common.errors import LocalFileError, UsageError
from underpaint_common.files import read_bounded, write_atomically
from underpaint_common.units import ByteCount, PixelCount, Seconds, read_quantity
from underpaint_server.endpoint import DEFAULT_PORT, Endpoint

_MIB = 1 << 20
_MAX_CONFIG_BYTES = _MIB
_QUANTITIES = (ByteCount, Seconds, PixelCount)


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bounds of what a daemon spends, whatever its peers do."""

    connections: int = 1024
    half_open: int = 128
    upload_bytes: ByteCount = ByteCount(256 * _MIB)
    secret_bytes: ByteCount = ByteCount(256 * _MIB)
    pixels: PixelCount = PixelCount(128_000_000)
    image_jobs: int = msgspec.field(default_factory=lambda: os.cpu_count() or 1)
    file_jobs: int = 4
    handshake_timeout: Seconds = Seconds(5)
    transfer_timeout: Seconds = Seconds(30)
    idle_timeout: Seconds = Seconds(300)
    shutdown_timeout: Seconds = Seconds(8)

    def __post_init__(self) -> None:
        for name in ("connections", "half_open", "image_jobs", "file_jobs"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")


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
    log_level : str
        The least severe events that are logged.
    limits : Limits
        Bounds; every one has a safe default.
    """

    listen: Endpoint = Endpoint("127.0.0.1", DEFAULT_PORT)
    host: str = "127.0.0.1"
    state: Path = Path("state")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
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
            _with_endpoint(content, source), Config, dec_hook=_read_custom, from_attributes=True
        )
    except msgspec.ValidationError as error:
        raise UsageError(f"{source}: {_in_our_words(error)}") from None


def write_new_config(path: Path, *, listen: Endpoint, host: str) -> None:
    """Write the configuration that `init` hands to the operator; never overwrites."""
    text = _TEMPLATE.format(listen=listen, host=host)
    write_atomically(path, [text.encode()], overwrite=False, mode=0o644)


def _read_custom(kind: type, value: object) -> Any:
    if kind in _QUANTITIES:
        return read_quantity(kind, value)
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return Path(value)


def _with_endpoint(content: dict[str, object], source: str) -> dict[str, object]:
    if "listen" not in content:
        return content
    try:
        return {**content, "listen": Endpoint.parse(str(content["listen"]))}
    except ValueError as error:
        raise UsageError(f"{source}: listen: {error}") from None


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


_TEMPLATE = """\
# Configuration of underpaintd. It is only read; what changes lies in the state folder.
# Sizes take B, kB, MB, GB, KiB, MiB, GiB; times take ms, s, min, h, d; pixels take MP.

# Where connections are accepted. 0.0.0.0 is every IPv4 address of this host, [::] every IPv6.
listen: "{listen}"

# The name under which clients reach this host: it stands in the address line.
host: "{host}"

# Identity, allowed clients, catalog and inbox. A relative path starts from this file's folder.
state: state

# debug, info, warning or error
log_level: info

limits:
  connections: 1024        # at the same time; more are closed at once
  half_open: 128           # of them not yet authenticated; the oldest gives way
  upload_bytes: 256 MiB    # of one stego image
  secret_bytes: 256 MiB    # of what is hidden in one
  pixels: 128 MP           # of one stego image, checked before it is decoded
  # image_jobs: 2          # images worked on at the same time; default: one per processor
  file_jobs: 4             # writes to disk in flight
  handshake_timeout: 5 s   # who is not authenticated by then, or is refused, is closed then
  transfer_timeout: 30 s   # an upload may stand still for so long
  idle_timeout: 5 min      # a connection without an upload may stay for so long
  shutdown_timeout: 8 s    # uploads in progress may finish within it
"""
