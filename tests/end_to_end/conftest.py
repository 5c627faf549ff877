"""Real processes: a daemon with its own folder, and the two commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from underpaint_client.demo.daemon import daemon
from underpaint_client.demo.landscape import landscape


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

    def client(self, *arguments: object, stdin: str | None = None) -> Result:
        return self._run("underpaint_client", arguments, stdin)

    def server(self, *arguments: object) -> Result:
        return self._run("underpaint_server", (*arguments, "--config", self.config), None)

    def _run(self, module: str, arguments: tuple[object, ...], stdin: str | None) -> Result:
        environment = {**os.environ, "UNDERPAINT_IDENTITY": str(self.folder / "alice.key")}
        environment.pop("UNDERPAINT_PASSPHRASE", None)
        done = subprocess.run(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=self.folder,
            env=environment,
            input=stdin or "",
            capture_output=True,
            text=True,
            timeout=100,
        )
        return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def bare(tmp_path: Path) -> World:
    """A folder with a small cover and a secret, and no daemon."""
    Image.fromarray(landscape(width=480, height=360)).save(tmp_path / "cover.png")
    noise = np.random.default_rng(2).integers(0, 256, (60, 90, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "secret.png")
    return World(tmp_path)


@pytest.fixture
def world(bare: World) -> Iterator[World]:
    """The same with a running daemon that allows alice."""
    made = bare.client("keygen", "--json").json
    done = bare._run("underpaint_server", ("init", bare.folder / "server"), None)
    assert done.code == 0, done.err
    allowed = bare.server("allow", "alice", made["public_key"])
    assert allowed.code == 0, allowed.err
    with daemon(bare.config) as running:
        yield World(bare.folder, running.address)
