"""Real processes: a daemon with its own folder, and the two commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.docs.json_schemas import assert_documented

from underpaint_client.cli.group import underpaint
from underpaint_client.demo.daemon import daemon
from underpaint_client.demo.landscape import landscape
from underpaint_server.cli import cli

PATIENCE = 300.0  # no command takes as long: it only ends what hangs
PROGRAMS = {
    "underpaint_client": (underpaint, "underpaint"),
    "underpaint_server": (cli, "underpaintd"),
}


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class World:
    """A folder, the commands run in it, and the daemon that listens."""

    folder: Path
    address: str = ""

    @property
    def config(self) -> Path:
        return self.folder / "server" / "server.yaml"

    def client(self, *arguments: object) -> Result:
        return self.run("underpaint_client", *arguments)

    def server(self, *arguments: object) -> Result:
        return self.run("underpaint_server", *arguments, "--config", self.config)

    def client_until(self, code: int, *arguments: object) -> None:
        """Run the client until it ends with a code: the daemon obeys soon, not at once."""
        deadline = time.monotonic() + PATIENCE
        while (done := self.client(*arguments)).code != code:
            assert time.monotonic() < deadline, done

    @property
    def environment(self) -> dict[str, str]:
        """The process's own, without what the user set for Underpaint."""
        others = {
            key: each for key, each in os.environ.items() if not key.startswith("UNDERPAINT_")
        }
        return others | {
            "UNDERPAINT_IDENTITY": str(self.folder / "alice.key"),
            "UNDERPAINT_CONFIG": str(self.folder / "client.yaml"),
            "UNDERPAINT_STATE": str(self.folder / "state"),
        }

    def run(self, module: str, *arguments: object) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if "--json" in arguments:
            words = [str(each) for each in arguments]
            assert_documented(*PROGRAMS[module], words, done.stdout)
        return Result(done.returncode, done.stdout, done.stderr)


def furnished(folder: Path) -> World:
    Image.fromarray(landscape(width=480, height=360)).save(folder / "cover.png")
    noise = np.random.default_rng(2).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "secret.png")
    return World(folder)


@pytest.fixture
def bare(tmp_path: Path) -> World:
    """A folder with a small cover and a secret, and no daemon."""
    return furnished(tmp_path)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The same with a daemon that allows alice; shared, to start only one."""
    made = furnished(tmp_path_factory.mktemp("world"))
    key = made.client("keygen", "--json").json["public_key"]
    initialised = made.run("underpaint_server", "init", made.folder / "server")
    assert initialised.code == 0, initialised.err
    allowed = made.server("allow", "alice", key)
    assert allowed.code == 0, allowed.err
    with daemon(made.config) as running:
        yield World(made.folder, running.address)
