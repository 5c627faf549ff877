"""The state folder and its guards."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from underpaint_common.errors import LocalFileError
from underpaint_server.state import StateFolder


def test_a_new_state_is_private_and_complete(tmp_path: Path) -> None:
    state = StateFolder(tmp_path / "deep" / "state")
    identity = state.create()
    assert state.load_identity() == identity
    state.check_writable()
    assert state.root.stat().st_mode & 0o077 == 0
    assert state.identity.stat().st_mode & 0o077 == 0


def test_an_identity_is_never_replaced(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    identity = state.create()
    with pytest.raises(LocalFileError):
        state.create()
    assert state.load_identity() == identity


def test_a_folder_that_is_no_state_says_so(tmp_path: Path) -> None:
    with pytest.raises(LocalFileError, match="not a state folder") as caught:
        StateFolder(tmp_path).load_identity()
    assert "underpaintd init" in (caught.value.hint or "")


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.create()
    state.identity.chmod(0o644)
    with pytest.raises(LocalFileError):
        state.load_identity()


def test_a_state_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalFileError, match="cannot make"):
        StateFolder(tmp_path / "file" / "state").create()


def test_a_missing_part_is_told(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.create()
    state.inbox.rmdir()
    with pytest.raises(LocalFileError, match="inbox"):
        state.check_writable()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_inbox_is_told(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.create()
    state.inbox.chmod(0o500)
    with pytest.raises(LocalFileError, match="inbox"):
        state.check_writable()


def test_one_daemon_at_a_time(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.create()
    program = (
        "import sys; from pathlib import Path\n"
        "from underpaint_server.state import StateFolder\n"
        "with StateFolder(Path(sys.argv[1])).locked():\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(LocalFileError, match="another underpaintd"), state.locked():
            pass
        other.communicate(b"")
    with state.locked():
        pass


def test_a_look_at_the_state_keeps_no_daemon_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("underpaint_server.state._PATIENCE_SECONDS", 60.0)
    state = StateFolder(tmp_path)
    assert not state.is_locked()
    assert list(tmp_path.iterdir()) == [], "who only looks makes nothing"
    with state.locked():
        assert state.is_locked()
    with (tmp_path / "lock").open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        assert not state.is_locked(), "two may look at once"
        with ThreadPoolExecutor(1) as pool:
            daemon = pool.submit(state.locked().__enter__)
            time.sleep(0.1)
            fcntl.flock(looking, fcntl.LOCK_UN)
            daemon.result(60)
