"""Where a server is and which key it must hold: one line to hand to a client."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from underpaint_common.crypto import keytext
from underpaint_common.crypto.keytext import KeyKind
from underpaint_common.errors import UsageError
from underpaint_common.hosts import ipv6, is_host_name

DEFAULT_PORT = 7741

_SCHEME = "underpaint://"
_FORM = "underpaint://HOST:PORT/#KEY"
_ADDRESS = re.compile(
    r"underpaint://(?:\[(?P<ipv6>[^\]]*)\]|(?P<name>[^:/#\[\]]*))(?::(?P<port>[^/#]*))?/?#(?P<key>.*)",
    re.IGNORECASE | re.DOTALL,
)
_PORT = re.compile(r"[0-9]{1,5}")
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True)
class Address:
    """An address line, `underpaint://HOST:PORT/#KEY`.

    Attributes
    ----------
    host : str
        Name, IPv4 or IPv6 address, the last without brackets.
    port : int
        1 to 65535.
    server_key : bytes
        The server's public key, 32 bytes.
    """

    host: str
    port: int
    server_key: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address line; a missing port is `DEFAULT_PORT`.

        Raises
        ------
        UsageError
            The text is no such line; the message says which part is wrong.
        """
        match = _ADDRESS.fullmatch(text.strip())
        if match is None:
            part = "has no #KEY at its end" if text.strip().startswith(_SCHEME) else "is no address"
            raise UsageError(f"this {part}", hint=f"an address looks like {_FORM}")
        host = _ipv6(match["ipv6"]) if match["ipv6"] is not None else _name(match["name"])
        return cls(host, _port(match["port"]), keytext.decode(KeyKind.PUBLIC, match["key"]))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        key = keytext.encode(KeyKind.PUBLIC, self.server_key)
        return f"{_SCHEME}{host}:{self.port}/#{key}"


def _ipv6(text: str) -> str:
    address = ipv6(text)
    if address is None:
        raise UsageError(
            "the address has no IPv6 address between its brackets",
            hint=f"an address looks like {_FORM}",
        )
    return address


def _name(text: str) -> str:
    if not is_host_name(text):
        raise UsageError(
            "the address has no usable host name",
            hint="letters, digits, dots and hyphens; an IPv6 address goes in brackets",
        )
    return text.lower()


def _port(text: str | None) -> int:
    if text is None:
        return DEFAULT_PORT
    if not _PORT.fullmatch(text) or not 1 <= int(text) <= _MAX_PORT:
        raise UsageError("the address has no usable port", hint=f"a port is 1 to {_MAX_PORT}")
    return int(text)
