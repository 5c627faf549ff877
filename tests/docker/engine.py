"""Docker and Compose as an operator's shell has them."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 180.0
NODES = ("alice", "bob")


def docker(*words: str, check: bool = True) -> str:
    """Run docker; return what it printed, or raise with what it complained of."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise AssertionError(
            f"docker {words[0]} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        )
    return done.stdout


def engine_answers() -> bool:
    """Tell whether there is a docker command and an engine behind it."""
    if shutil.which("docker") is None:
        return False
    command = ["docker", "version", "--format", "{{.Server.Version}}"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def compose_command() -> list[str] | None:
    """Return $COMPOSE, else Compose 2 where it is, else `docker-compose`, else None."""
    if chosen := os.environ.get("COMPOSE"):
        return shlex.split(chosen)
    plugin = ["docker", "compose", "version"]
    if subprocess.run(plugin, capture_output=True, check=False).returncode == 0:
        return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


def wait_for(what: str, condition: Callable[[], bool], patience: float = PATIENCE) -> float:
    """Wait until something is so; return the seconds that it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < patience, f"never came: {what}"
        time.sleep(0.2)
    return time.monotonic() - started


@dataclass(frozen=True)
class Project:
    """The two nodes under a name of their own, started from a folder of their own."""

    compose: list[str]
    name: str
    folder: Path
    image: str

    def run(self, *words: str, check: bool = True, stdin: str = "") -> str:
        """Run a Compose command to its end."""
        done = subprocess.run(
            [*self.compose, "-p", self.name, *words],
            cwd=self.folder,
            env={**os.environ, "UNDERPAINT_IMAGE": self.image},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"{' '.join(words)}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        return done.stdout

    def inside(self, node: str, *words: str, stdin: str = "") -> str:
        """Run a command in a running node."""
        return self.run("exec", "-T", node, *words, stdin=stdin)

    def listed(self, node: str) -> list[dict[str, Any]]:
        """Return what a node received."""
        rows: list[dict[str, Any]] = json.loads(self.inside(node, "underpaintd", "list", "--json"))
        return rows

    def state(self, node: str) -> dict[str, Any]:
        """Return the engine's own record of a node's container."""
        container = self.run("ps", "-a", "-q", node).split()[0]
        state: dict[str, Any] = json.loads(docker("inspect", container))[0]["State"]
        return state

    def is_healthy(self, node: str) -> bool:
        state = self.state(node)
        return bool(state["Running"]) and state["Health"]["Status"] == "healthy"

    def has_verified(self, node: str) -> bool:
        """Tell whether a node said that all of its peer's images arrived."""
        return "arrived, byte for byte; the store is as it should be" in self.run(
            "logs", "--no-color", node
        )

    def what_is_left(self) -> list[str]:
        """Return containers, volumes and networks of this project."""
        label = f"label=com.docker.compose.project={self.name}"
        return [
            line
            for kind in (("ps", "-a"), ("volume", "ls"), ("network", "ls"))
            for line in docker(*kind, "-q", "--filter", label).split()
        ]
