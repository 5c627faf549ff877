"""The daemon's configuration: server.yaml, checked against types, with human units.

`init` writes the file once; the daemon only reads it, so it can lie on a read-only disk.
Everything that changes while the daemon runs is in the state folder.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from underpaint_common import settings
from underpaint_common.errors import LocalFileError, UsageError
from underpaint_common.files import read_bounded, write_atomically
from underpaint_common.hosts import ipv6, is_host_name
from underpaint_server.endpoint import DEFAULT_PORT, Endpoint
from underpaint_server.keep import Keep
from underpaint_server.limits import Limits
from underpaint_server.template import TEMPLATE

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

    def __post_init__(self) -> None:
        if not (is_host_name(self.host) or ipv6(self.host)):
            raise ValueError("host must be a name or an address, without a port")

        if any("\0" in word for word in self.on_received) or self.on_received[:1] == ("",):
            raise ValueError("on_received must begin with a command, and hold no NUL character")

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
    config = parse_config(read_bounded(path, max_bytes=settings.MAX_FILE_BYTES), source=str(path))
    return msgspec.structs.replace(config, state=path.absolute().parent / config.state)


def parse_config(text: bytes, *, source: str) -> Config:
    """Read a configuration from YAML text; `source` names it in errors."""
    content = settings.refuse_unknown_keys(
        settings.read_yaml(text, source=source), Config, source=source
    )
    return settings.convert(_prepared(content, source), Config, source=source)


def default_text(*, listen: Endpoint, host: str, metrics: Endpoint | None = None) -> str:
    """Return the configuration file in which nothing but what is given here is no default."""
    shown = "# metrics: 127.0.0.1:7742" if metrics is None else f'metrics: "{metrics}"'
    return TEMPLATE.format(listen=listen, host=host, metrics=shown)


def write_new_config(
    path: Path, *, listen: Endpoint, host: str, metrics: Endpoint | None = None
) -> None:
    """Write the configuration that `init` hands to the operator; never overwrites."""
    text = default_text(listen=listen, host=host, metrics=metrics)
    write_atomically(path, [text.encode()], overwrite=False, mode=0o644)


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
