"""What the client's tests share: small pictures, a key, and a clean environment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from underpaint_client.demo.landscape import landscape


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep what one test configures and remembers out of the next."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    monkeypatch.setenv("UNDERPAINT_STATE", str(tmp_path / "state"))


@pytest.fixture(scope="session")
def cover_samples() -> NDArray[np.uint8]:
    return landscape(width=320, height=240)


@pytest.fixture
def cover(tmp_path: Path, cover_samples: NDArray[np.uint8]) -> Path:
    path = tmp_path / "cover.png"
    Image.fromarray(cover_samples).save(path)
    return path


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.png"
    Image.fromarray(landscape(5, width=48, height=36)).save(path)
    return path


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    from underpaint_common.crypto.stego_key import generate_key_file

    path = tmp_path / "shared.key"
    generate_key_file(path)
    return path
