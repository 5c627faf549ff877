"""How a payload is placed, and in which form the secret travels inside it."""

from __future__ import annotations

import enum


class Mode(enum.StrEnum):
    """How the payload is placed in the cover."""

    AUTO = "auto"
    CLASSIC = "classic"
    PLANES = "planes"
    ADAPTIVE = "adaptive"


class Cost(enum.StrEnum):
    """What mode `adaptive` keeps small."""

    TEXTURE = "texture"
    FLAT = "flat"


class Form(enum.StrEnum):
    """In which form the secret travels."""

    FILE = "file"
    COMPACT = "compact"
    PIXELS = "pixels"


EFFORTS = (6, 8, 10, 12)
"""Constraint heights of mode `adaptive`: each step up takes four times as long and gains less."""

DEFAULT_EFFORT = 8

DEFAULT_PLANES = 4
"""Planes that are used at most unless asked for: more can be seen with the naked eye."""
