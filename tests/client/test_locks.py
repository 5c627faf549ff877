"""One at a time, between threads and processes, and nothing left of whoever died."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from underpaint_client.locks import FileLock, alone
from underpaint_common.errors import LocalFileError

HOLDS = """
import sys
from pathlib import Path
from underpaint_client.locks import FileLock
lock = FileLock.take_if_free(Path(sys.argv[1]))
print("held" if lock else "refused", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made" / "when needed"


def test_one_has_it_until_it_is_let_go(path: Path) -> None:
    first = FileLock.take_if_free(path)
    assert first is not None
    assert FileLock.take_if_free(path) is None
    first.let_go()
    first.let_go()
    assert list(path.parent.iterdir()) == []
    second = FileLock.take_if_free(path)
    assert second is not None
    second.let_go()


def test_whoever_dies_leaves_it_free(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert FileLock.take_if_free(path) is None
        other.kill()
        other.wait()
        lock = FileLock.take_if_free(path)
        assert lock is not None
        lock.let_go()


def test_those_who_wait_are_never_inside_together(path: Path) -> None:
    inside, most = [0], [0]

    def come() -> None:
        for _ in range(50):
            with alone(path):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert not path.exists()


def test_what_cannot_be_locked_is_said(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError, match="cannot lock"):
        FileLock.take(tmp_path)
