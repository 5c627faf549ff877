"""Remove what building, testing and trying left in the tree; sources and locks stay."""

import pathlib
import shutil

PROJECT = pathlib.Path(__file__).resolve().parent.parent
MADE = (
    ".venv",
    ".venvs",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    "dist",
    "build",
    "bench-results",
    "demo",
)

if __name__ == "__main__":
    for name in MADE:
        shutil.rmtree(PROJECT / name, ignore_errors=True)
    for cache in list(PROJECT.rglob("__pycache__")):
        shutil.rmtree(cache, ignore_errors=True)
