"""`underpaintd check`: the configuration as it takes effect, and what may surprise its operator."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from underpaint_common.errors import LocalFileError, UsageError
from underpaint_common.units import ByteCount, PixelCount, Seconds, spelled
from underpaint_server.config import Config
from underpaint_server.endpoint import Endpoint
from underpaint_server.open_files import make_room_for
from underpaint_server.state import StateFolder


def effective(config: Config) -> dict[str, Any]:
    """Return every key of a configuration with its value as a configuration file spells it."""
    plain: dict[str, Any] = msgspec.to_builtins(_spelled(config), enc_hook=str)
    return plain


def as_yaml(config: Config) -> str:
    """Return a configuration as a file that means the same."""
    text: str = yaml.safe_dump(effective(config), sort_keys=False, allow_unicode=True)
    return text


def cautions(config: Config) -> Iterator[str]:
    """Yield what is allowed and probably not meant, or will stop the daemon on this machine."""
    try:
        state = StateFolder(config.state)
        state.load_identity()
        state.check_writable()
        make_room_for(config.limits)
    except (LocalFileError, UsageError) as error:
        yield error.message
    if config.listen.is_every_address and Endpoint(config.host, 0).is_loopback:
        yield f"host: clients are told {config.host}, which others than this machine cannot reach"
    if config.metrics is not None and not config.metrics.is_loopback:
        yield f"metrics: whoever reaches {config.metrics} can read them"
    if config.on_received and shutil.which(config.on_received[0]) is None:
        yield f"on_received: {config.on_received[0]} is no command that this user can run"


def _spelled(struct: msgspec.Struct) -> dict[str, Any]:
    """Return a struct's fields, quantities in words; what has its own spelling is left to `str`."""
    fields: dict[str, Any] = {}
    for name, value in msgspec.structs.asdict(struct).items():
        if isinstance(value, msgspec.Struct):
            fields[name] = _spelled(value)
        elif isinstance(value, ByteCount | Seconds | PixelCount):
            fields[name] = spelled(value)
        else:
            fields[name] = str(value) if isinstance(value, Endpoint) else value
    return fields
