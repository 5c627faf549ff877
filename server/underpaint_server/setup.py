"""`underpaintd init` and `underpaintd address`: a new server, and how clients name it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from underpaint_common.errors import LocalFileError, UnderpaintError, UsageError
from underpaint_common.wire import Address
from underpaint_server.config import Config, write_new_config
from underpaint_server.endpoint import DEFAULT_PORT, Endpoint
from underpaint_server.state import StateFolder

_THIS_MACHINE = "127.0.0.1"
_EVERY_IPV4 = "0.0.0.0"  # noqa: S104 - who names a host for others wants to be reached


@dataclass(frozen=True, slots=True)
class NewServer:
    """What `init` made.

    Attributes
    ----------
    address : Address
        What clients put after `--to`.
    is_local : bool
        Whether only this machine can reach it.
    """

    address: Address
    is_local: bool


def new_server(
    folder: Path, *, host: str | None, listen: Endpoint | None, metrics: Endpoint | None = None
) -> NewServer:
    """Make a folder with server.yaml and the state folder of a new server.

    Parameters
    ----------
    folder : Path
        Is made where missing.
    host : str, optional
        Name under which clients reach this host; the host of `listen` where that is one.
    listen : Endpoint, optional
        Where to accept connections; this machine alone where no host is named.
    metrics : Endpoint, optional
        Where to show metrics and health; nowhere if not given.

    Raises
    ------
    LocalFileError
        There is a server already, or the folder cannot be written.
    """
    config_path, state = folder / "server.yaml", StateFolder(folder / "state")
    for existing in (config_path, state.identity):
        if existing.exists():
            raise LocalFileError(
                f"{existing} exists already", hint="init never overwrites: name another folder"
            )
    listen = listen or _default_listen(host)
    if host is None:
        host = _THIS_MACHINE if listen.is_every_address else listen.host
    if listen.port == 0:
        raise UsageError(
            "port 0 cannot stand in an address line",
            hint="init takes a fixed port; serve --listen HOST:0 picks a free one",
        )
    identity = state.create()
    address = Address(host, listen.port, identity.public)
    try:
        Address.parse(str(address))  # refuses a host that no client could read

        write_new_config(config_path, listen=listen, host=host, metrics=metrics)
    except UnderpaintError:
        state.identity.unlink()
        raise
    return NewServer(address, is_local=Endpoint(host, listen.port).is_loopback)


def address_of(config: Config, *, host: str | None) -> Address:
    """Return a server's address, with another host name where one is given.

    Raises
    ------
    UsageError
        The configured port is 0, and only the running daemon knows the real one; or the host
        cannot be one.
    """
    if config.listen.port == 0:
        raise UsageError(
            "the configured port is 0, so the address is known when the daemon runs",
            hint="serve prints it when it is ready",
        )
    identity = StateFolder(config.state).load_identity()
    address = Address(config.host if host is None else host, config.listen.port, identity.public)
    return Address.parse(str(address))  # refuses a host that no client could read


def _default_listen(host: str | None) -> Endpoint:
    wanted = Endpoint(host or _THIS_MACHINE, DEFAULT_PORT)
    return wanted if wanted.is_loopback else Endpoint(_EVERY_IPV4, DEFAULT_PORT)
