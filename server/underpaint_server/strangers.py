"""Connections that nobody has authenticated yet, and the networks that they come from.

A network is one IPv4 address or one IPv6 /64, for that is what a single host can have all of.
"""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

_IPV6_PREFIX = 64
_MOST_NETWORKS = 4096
_HALF_LIFE = 30.0

_Stranger = TypeVar("_Stranger", bound=Hashable)


def network_of(host: str) -> str:
    """Return the network of a peer's address: itself, or the /64 that an IPv6 address is in.

    What is no address at all (a name, nothing) is a network of its own.
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, _IPV6_PREFIX), strict=False))
    return str(address)


class Strangers(Generic[_Stranger]):
    """The half-open connections, in order of arrival, by network.

    Where there are too many, the oldest of the network that holds most gives way: so one host
    that opens many drives out its own, and nobody else's.
    """

    def __init__(self) -> None:
        self._networks: dict[str, dict[_Stranger, None]] = {}
        self._network: dict[_Stranger, str] = {}

    def __len__(self) -> int:
        return len(self._network)

    def add(self, stranger: _Stranger, network: str) -> None:
        """Take in a connection."""
        self._network[stranger] = network
        self._networks.setdefault(network, {})[stranger] = None

    def discard(self, stranger: _Stranger) -> None:
        """Forget a connection, if it is known."""
        network = self._network.pop(stranger, None)
        if network is None:
            return
        members = self._networks[network]
        del members[stranger]
        if not members:
            del self._networks[network]

    def first_to_go(self) -> _Stranger:
        """Return the oldest connection of the network that holds most.

        Raises
        ------
        ValueError
            If there is none.
        """
        largest = max(self._networks.values(), key=len)
        return next(iter(largest))


class Failures:
    """How often handshakes from each network failed lately.

    A leaky count: every failure adds one, and it fades with a half-life of half a minute. The
    networks that failed longest ago are forgotten first, so that memory stays bounded.
    """

    def __init__(self) -> None:
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def note(self, network: str, now: float) -> None:
        """Count a failure at a time in seconds."""
        self._levels[network] = (self._level(network, now) + 1, now)
        self._levels.move_to_end(network)
        if len(self._levels) > _MOST_NETWORKS:
            self._levels.popitem(last=False)

    def are_too_many(self, network: str, per_minute: int, now: float) -> bool:
        """Tell whether a network has failed so often that its next attempt is not looked at."""
        return self._level(network, now) >= per_minute

    def _level(self, network: str, now: float) -> float:
        level, since = self._levels.get(network, (0.0, now))
        return level * math.exp2((since - now) / _HALF_LIFE)
