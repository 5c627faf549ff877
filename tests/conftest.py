"""Fixtures for every test: where the shared material lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture
def shared() -> Path:
    """Return the folder of shared images and vectors, or skip the test where it is missing."""
    folder = Path(os.environ.get("UNDERPAINT_SHARED", PROJECT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"shared material not found at {folder} (set UNDERPAINT_SHARED)")
    return folder
