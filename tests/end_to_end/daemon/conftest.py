"""Fixtures around `process`: daemons and clients that end with their test."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.end_to_end.daemon.process import DaemonProcess, underpaintd
from tests.end_to_end.daemon.raw_client import RawClient, stego_image

from underpaint_common.crypto.identity import Identity
from underpaint_common.wire import Address


@pytest.fixture
def new_daemon(tmp_path: Path) -> Iterator[Callable[..., DaemonProcess]]:
    """Return a function that initialises a server; all of them end with the test."""
    made: list[DaemonProcess] = []

    def make(*, existing: Path | None = None, **limits: object) -> DaemonProcess:
        if existing is None:
            made.append(DaemonProcess(tmp_path / f"server{len(made)}", limits))
        else:
            made.append(DaemonProcess(existing, None))
        return made[-1]

    yield make
    for each in made:
        each.kill()


@pytest.fixture
def raw_client() -> Iterator[Callable[..., RawClient]]:
    """Return a function that opens a connection and sends nothing but the handshake."""
    made: list[RawClient] = []

    def make(address: Address, identity: Identity) -> RawClient:
        made.append(RawClient(address, identity))
        made[-1].socket.sendall(made[-1].session.start())
        return made[-1]

    yield make
    for each in made:
        with contextlib.suppress(OSError):
            each.drop()


@pytest.fixture
def connect() -> Iterator[Callable[..., RawClient]]:
    """Return a function that connects a client; what is left of them is closed by the test."""
    made: list[RawClient] = []

    def make(address: Address, identity: Identity, **secrets: bytes) -> RawClient:
        made.append(RawClient(address, identity, **secrets))
        return made[-1].connect()

    yield make
    for each in made:
        with contextlib.suppress(OSError):
            each.drop()


@pytest.fixture
def stego() -> Callable[..., bytes]:
    """Return the function that makes a stego image for a server."""
    return stego_image


@pytest.fixture
def run_underpaintd() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return the function that runs one command to its end."""
    return underpaintd


@pytest.fixture(scope="module")
def quiet_daemon(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[DaemonProcess, Address, Identity]]:
    """One running daemon with a short silence for strangers, its address, and alice."""
    daemon = DaemonProcess(
        tmp_path_factory.mktemp("quiet"), {"handshake_timeout": "2 s", "failed_handshakes": 1000}
    )
    alice = daemon.allow("alice")
    yield daemon, daemon.start(), alice
    daemon.kill()
