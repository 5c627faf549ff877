"""Many at once or one alone, between threads and between processes."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from underpaint_server.turnstile import Turnstile

OTHER = """
import sys
from pathlib import Path
from underpaint_server.turnstile import Turnstile

turnstile = Turnstile(*map(Path, sys.argv[1:3]))
with getattr(turnstile, sys.argv[3])():
    print("inside", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    folders = tmp_path / "gate", tmp_path / "hall"
    for folder in folders:
        folder.mkdir()
    return folders


class Visitor:
    """Somebody in a thread of its own who wants to be inside."""

    def __init__(self, way: AbstractContextManager[None]) -> None:
        self.inside, self.may_leave = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._visit, args=[way])
        self._thread.start()

    def _visit(self, way: AbstractContextManager[None]) -> None:
        with way:
            self.inside.set()
            assert self.may_leave.wait(60)

    def leave(self) -> None:
        """Leave, at once or as soon as the way in was free."""
        self.may_leave.set()
        assert self.inside.wait(60)
        self._thread.join()


def test_many_are_inside_together_and_one_alone(folders: tuple[Path, Path]) -> None:
    turnstile = Turnstile(*folders)
    pair = [Visitor(turnstile.together()), Visitor(turnstile.together())]
    assert all(each.inside.wait(60) for each in pair)
    alone = Visitor(turnstile.alone())
    late = Visitor(turnstile.together())
    assert not alone.inside.wait(0.1)
    for each in (*pair, alone, late):
        each.may_leave.set()
    for each in (*pair, alone, late):
        each.leave()


def test_those_who_come_one_after_another_keep_nobody_waiting(folders: tuple[Path, Path]) -> None:
    turnstile = Turnstile(*folders)
    enough = threading.Event()

    def come_and_go() -> None:
        while not enough.is_set():
            with turnstile.together():
                time.sleep(0.005)

    crowd = [threading.Thread(target=come_and_go) for _ in range(4)]
    for each in crowd:
        each.start()
    alone = Visitor(turnstile.alone())
    try:
        alone.leave()
    finally:
        enough.set()
        for each in crowd:
            each.join()


@pytest.mark.parametrize("way", ["together", "alone"])
def test_a_process_that_dies_inside_leaves_the_way_free(
    folders: tuple[Path, Path], way: str
) -> None:
    turnstile = Turnstile(*folders)
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, *map(str, folders), way],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"inside\n"
        alone = Visitor(turnstile.alone())
        assert not alone.inside.wait(0.1)
        other.kill()
        other.communicate()
    alone.leave()
