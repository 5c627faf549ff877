"""How many threads can work at once."""

from __future__ import annotations

import os


def cores() -> int:
    """Return the number of cores that this process may use: of all cores where that is unknown."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
