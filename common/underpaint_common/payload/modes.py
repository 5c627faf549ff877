"""How a payload is placed, and in which form the secret travels inside it."""

from __future__ import annotations

import enum


class Mode(enum.StrEnum):
    """How the payload is placed in the cover."""

    AUTO = "auto"
    CLASSIC = "classic"
    PLANES = "planes"


class Form(enum.StrEnum):
    """In which form the secret travels."""

    FILE = "file"
    COMPACT = "compact"
    PIXELS = "pixels"


DEFAULT_PLANES = 4
"""Planes that are used at most unless asked for: more can be seen with the naked eye."""
