"""Looking into folders in which a running daemon makes and removes files."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def sizes_in(folder: Path) -> dict[Path, int]:
    """Return the size of each file below a folder; what vanishes meanwhile is passed over.

    `Path.rglob` fails on a folder that has gone since its parent was read.
    """
    sizes = {}
    for each, _, names in os.walk(folder):
        for path in (Path(each, name) for name in names):
            with contextlib.suppress(FileNotFoundError):
                sizes[path] = path.stat().st_size
    return sizes
