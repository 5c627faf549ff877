"""Fixtures for every test: where the shared material lies."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from underpaint_client.configuration import KEYS
from underpaint_client.effective import variable_of

PROJECT = Path(__file__).resolve().parent.parent

# No example fails because a machine is slow or stood still for a moment.
settings.register_profile(
    "unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let no test read the user's settings or remember anything among the user's own."""
    others = ("UNDERPAINT_PASSPHRASE", "UNDERPAINT_CONFIG", "COVER", "SECRET")
    with pytest.MonkeyPatch.context() as patch:
        for name in (*map(variable_of, KEYS), *others):
            patch.delenv(name, raising=False)
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("configuration")))
        patch.setenv("UNDERPAINT_STATE", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _signals() -> None:
    """Let SIGINT and SIGHUP reach what tests start, even in a shell's background or under nohup."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        # Still nothing to the tests themselves, but no longer inherited by what they start.
        signal.signal(signal.SIGHUP, lambda *_: None)


@pytest.fixture
def shared() -> Path:
    """Return the folder of shared images and vectors, or skip the test where it is missing."""
    folder = Path(os.environ.get("UNDERPAINT_SHARED", PROJECT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"shared material not found at {folder} (set UNDERPAINT_SHARED)")
    return folder
