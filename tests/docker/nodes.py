"""The two nodes: everything that the demo promises, and what happens when one is killed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tests.docker.engine import NODES, Project, wait_for
from tests.living import sizes_in

SOMEBODY = 12345
SHEET_WIDTH = 1000
BYTES_PER_SECOND = 2_000_000
SLOW_PUSH = Path(__file__).with_name("slow_push.py")


def check(project: Project) -> Iterator[str]:
    """Yield a sentence for each thing that was seen to be so."""
    yield _first_run(project)
    yield _own_file(project)
    yield _killed_in_the_middle(project)
    yield _restarted(project)
    yield _down(project)
    yield "a second time: " + _first_run(project)
    yield _down(project)


def _first_run(project: Project) -> str:
    started = time.monotonic()
    project.run("up", "-d", "--no-build")
    for node in NODES:
        wait_for(f"{node}'s word that all arrived", partial(project.has_verified, node))
    sheets = [project.folder / "demo" / f"{node}-sent.png" for node in NODES]
    for sheet in sheets:
        wait_for(f"{sheet.name}", sheet.exists)
    seconds = time.monotonic() - started
    for node in NODES:
        wait_for(f"a healthy {node}", partial(project.is_healthy, node))
        _compare_with_desk(project, node)
    for sheet in sheets:
        with Image.open(sheet) as image:
            assert image.width > SHEET_WIDTH
    _check_owners(project.folder)
    return f"both nodes sent, received and verified, and the sheets were drawn, in {seconds:.0f} s"


def _compare_with_desk(project: Project, node: str) -> None:
    """Compare what a node lists with what lies on the host, byte for byte."""
    listed = sorted((row["client"], row["sha256"]) for row in project.listed(node))
    assert listed

    def on_desk() -> list[tuple[str, str]]:
        copies = []
        for path in sizes_in(project.folder / "demo" / f"{node}-received"):
            with contextlib.suppress(FileNotFoundError):  # a copy that is still being written
                copies.append((path.parent.name, hashlib.sha256(path.read_bytes()).hexdigest()))
        return sorted(copies)

    wait_for(f"{node}'s images on the desk", lambda: on_desk() == listed)


def _check_owners(folder: Path) -> None:
    """See that all of ./demo belongs to whoever owns the project, whoever runs the engine."""
    owner = folder.stat().st_uid
    for path in (folder / "demo", *(folder / "demo").rglob("*")):
        assert path.stat().st_uid == owner, path
    if os.geteuid() == 0:
        assert owner == SOMEBODY


def _own_file(project: Project) -> str:
    secret = project.folder / "scan.png"
    noise = np.random.default_rng(7).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    Image.fromarray(noise).save(secret)
    cover = project.folder / "photo.jpg"
    shade = np.random.default_rng(8).integers(90, 160, (300, 400, 3), dtype=np.uint8)
    Image.fromarray(shade).save(cover)
    for path in (secret, cover):
        path.chmod(0o644)
    push = ("run", "--rm", "alice", "push", "scan.png", "--cover")
    project.run(*push, "photo.jpg", "--to", "bob")
    arrived = project.folder / "demo" / "bob-received" / "alice" / "scan.png"
    wait_for("the file on the desk", arrived.exists)
    assert arrived.read_bytes() == secret.read_bytes()
    project.run(*push, "demo/alice-cover.png")
    return "a file of the user's own arrives, byte for byte"


def _killed_in_the_middle(project: Project) -> str:
    before = project.listed("bob")
    address = project.inside("bob", "underpaintd", "address").strip()
    said: dict[str, Any] = {}

    def push() -> None:
        words = ("python", "-", address, "slow.png", str(BYTES_PER_SECOND))
        said.update(json.loads(project.inside("alice", *words, stdin=SLOW_PUSH.read_text())))

    pushing = threading.Thread(target=push)
    pushing.start()
    wait_for("bytes of a transfer", lambda: _unfinished_bytes(project) > 4 * BYTES_PER_SECOND)
    project.run("kill", "bob")
    assert not project.state("bob")["Running"]
    assert pushing.is_alive()
    time.sleep(2)
    project.run("start", "bob")
    pushing.join()
    assert said, "alice's push failed"
    assert said["is_exact"], said
    assert said["connections"] > 1, said
    assert said["forwarded"] < 1.6 * said["stego_bytes"], said
    after = project.listed("bob")
    assert [row for row in after if row not in before] == [
        row for row in after if row["id"] == said["id"]
    ], "doubled"
    assert len(after) == len(before) + 1
    return (
        f"bob was killed in the middle of {said['stego_bytes'] / 1e6:.0f} MB; alice came back, "
        f"sent {said['forwarded'] / 1e6:.0f} MB in all over {said['connections']} connections, "
        "and it is there once"
    )


def _unfinished_bytes(project: Project) -> int:
    status = json.loads(project.inside("bob", "underpaintd", "status", "--json"))
    return int(status["unfinished_bytes"])


def _restarted(project: Project) -> str:
    before = {node: project.listed(node) for node in NODES}
    started = time.monotonic()
    project.run("stop")
    seconds = time.monotonic() - started
    for service in (*NODES, "desk"):
        assert project.state(service)["ExitCode"] == 0, (service, project.state(service))
    project.run("up", "-d", "--no-build")
    for node in NODES:
        wait_for(f"a healthy {node}", partial(project.is_healthy, node))
        assert project.listed(node) == before[node]
        assert "all is as it should be" in project.inside(node, "underpaintd", "verify")
        _compare_with_desk(project, node)
    count = sum(map(len, before.values()))
    return f"stopped with 0 in {seconds:.1f} s and started again: all {count} images, verified"


def _down(project: Project) -> str:
    project.run("down", "-v")
    assert project.what_is_left() == []
    return "down -v leaves no container, volume or network"
