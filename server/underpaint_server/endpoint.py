"""HOST:PORT, as `--listen` and the configuration write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from underpaint_common.hosts import ipv6, is_host_name

DEFAULT_PORT = 7741

_FORM = re.compile(r"(?:\[(?P<ipv6>[^\[\]]+)\]|(?P<name>[^\[\]:]+)):(?P<port>[0-9]{1,5})")
_SHOWN_CHARACTERS = 80
_EVERY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - an address of our own choosing
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host and a TCP port; port 0 lets the system choose."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `NAME:PORT`, `192.0.2.1:PORT` or `[2001:db8::1]:PORT`.

        Raises
        ------
        ValueError
            It is none of them, or the port is above 65535.
        """
        match = _FORM.fullmatch(text)
        if match is None:
            raise ValueError(f"{text[:_SHOWN_CHARACTERS]!r} is not HOST:PORT")
        port = int(match["port"])
        if port > 65535:
            raise ValueError(f"port {port} is above 65535")
        name = match["name"]
        host = ipv6(match["ipv6"]) if name is None else name if is_host_name(name) else None
        if host is None:
            raise ValueError(
                f"{text[:_SHOWN_CHARACTERS]!r} is not HOST:PORT: there is no such host"
            )
        return cls(host, port)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def is_every_address(self) -> bool:
        """Whether it stands for all addresses of this host, which no client can dial."""
        return self.host in _EVERY_ADDRESS

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in _LOOPBACK
