"""Which texts can be hosts: what is none is refused before the system's resolver stumbles on it."""

from __future__ import annotations

import re

_LABEL = r"(?!-)[A-Za-z0-9_-]{1,63}"
_NAME = re.compile(rf"(?=.{{1,254}}\Z){_LABEL}(?:\.{_LABEL})*\.?")
_SCOPE = re.compile(r"[A-Za-z0-9._-]{1,32}")


def is_host_name(text: str) -> bool:
    """Tell whether a text can be a host's name or IPv4 address, by its letters and lengths."""
    return _NAME.fullmatch(text) is not None


def ipv6(text: str) -> str | None:
    """Return an IPv6 address, perhaps with a scope, in its usual spelling; None if it is none."""
    import ipaddress

    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    scope = address.scope_id
    return str(address) if scope is None or _SCOPE.fullmatch(scope) else None
