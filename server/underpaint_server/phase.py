"""The three phases of a connection, in the order in which they follow one another."""

from __future__ import annotations

import enum


class Phase(enum.Enum):
    """What a connection is about."""

    UNKNOWN = "nobody is authenticated yet"
    OPEN = "an authenticated client"
    DISCARDING = "over: what still arrives is thrown away"
