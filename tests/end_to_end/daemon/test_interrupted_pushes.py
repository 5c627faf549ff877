"""`underpaint push`, killed and run again: the same upload, the same receipt, one secret."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.end_to_end.daemon.process import PATIENCE
from tests.end_to_end.relay import Relay

pytestmark = pytest.mark.end_to_end

# Stops where a test wants it, as a power cut would: no handler, no goodbye.
_DIES = """
import os, runpy, signal
from underpaint_client import exchange, pushing
moment = os.environ["DIES_AT"]
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
if moment == "kept":
    pushing.deliver = die
elif moment == "half sent":
    tell = exchange._tell
    exchange._tell = lambda *args: die() if args[2] >= 2 * exchange.CHUNK_BYTES else tell(*args)
elif moment == "receipt lost":
    exchange._check_receipt = die
runpy.run_module("underpaint_client", run_name="__main__")
"""


@pytest.fixture
def pushing(new_daemon: Any, tmp_path: Path) -> Callable[..., Any]:
    """Return a function that runs `underpaint push`, perhaps to its death."""
    noise = np.random.default_rng(3).integers(20, 230, (900, 1300, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "cover.png")
    (tmp_path / "secret.gif").write_bytes(b"GIF89a" + bytes(5000))
    daemon = new_daemon()
    alice = daemon.allow("alice")
    alice.save(tmp_path / "alice.key")
    address = daemon.start()

    def push(*more: str, dies_at: str = "", to: object = address) -> Any:
        start = ["-c", _DIES] if dies_at else ["-m", "underpaint_client"]
        words = ["push", "secret.gif", "--cover", "cover.png", "--to", str(to), *more]
        done = subprocess.run(
            [sys.executable, *start, *words, "--json"],
            cwd=tmp_path,
            env={
                **os.environ,
                "UNDERPAINT_IDENTITY": str(tmp_path / "alice.key"),
                "UNDERPAINT_CONFIG": os.devnull,
                "UNDERPAINT_STATE": str(tmp_path / "state"),
                "DIES_AT": dies_at,
            },
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if dies_at:
            assert done.returncode == -signal.SIGKILL, done.stderr
            return None
        assert done.returncode == 0, done.stdout
        return json.loads(done.stdout)

    push.daemon = daemon  # type: ignore[attr-defined] # for the tests to look at
    push.address = address  # type: ignore[attr-defined] # as above
    return push


def pending(folder: Path) -> list[Path]:
    return list((folder / "state" / "pending").glob("*"))


@pytest.mark.parametrize("moment", ["kept", "half sent", "receipt lost"])
def test_a_push_that_was_killed_goes_on_with_the_same_upload(
    pushing: Any, tmp_path: Path, moment: str
) -> None:
    daemon = pushing.daemon
    pushing(dies_at=moment)
    assert len(pending(tmp_path)) == 1
    if moment == "half sent":
        daemon.wait_for_event("broken")
        (left,) = daemon.leftovers()
        resumed_at = Path(left).stat().st_size
        assert resumed_at > 0
    if moment == "receipt lost":
        daemon.wait_for_event("kept")
    before = {row["id"] for row in daemon.received()}
    assert len(before) == (moment == "receipt lost")
    receipt = pushing()
    assert pending(tmp_path) == []
    (row,) = daemon.received()
    assert row["id"] == receipt["id"]
    assert before <= {receipt["id"]}
    assert Path(row["path"]).read_bytes() == (tmp_path / "secret.gif").read_bytes()
    assert receipt["seconds"]["hide"] == 0.0, "nothing was hidden a second time"
    assert daemon.leftovers() == []
    assert pushing()["id"] != receipt["id"], "a push that is done can be done again"


def test_another_cover_or_another_mode_is_another_push(pushing: Any, tmp_path: Path) -> None:
    pushing(dies_at="kept")
    receipt = pushing("--mode", "planes")
    assert receipt["seconds"]["hide"] > 0
    assert len(pending(tmp_path)) == 1


def test_a_refusal_for_good_is_not_kept(pushing: Any, tmp_path: Path) -> None:
    daemon = pushing.daemon
    head = daemon.config.read_text().partition("limits:")[0]
    daemon.config.write_text(head + "limits: {upload_bytes: 100 KiB}\n")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_for_event("reloaded")
    with pytest.raises(AssertionError, match="larger than this server takes"):
        pushing()
    assert pending(tmp_path) == []


def test_two_runs_at_once_say_the_truth(pushing: Any, tmp_path: Path) -> None:
    """The second is refused while the first goes on, and pushes once more when that has ended."""
    pushing(dies_at="kept")
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(pushing) for _ in range(2)]
    refusals = [str(job.exception()) for job in jobs if job.exception() is not None]
    ids = {job.result()["id"] for job in jobs if job.exception() is None}
    assert len(ids) + len(refusals) == 2
    assert ids, refusals
    assert all("another underpaint push" in refusal for refusal in refusals), refusals
    assert ids == {row["id"] for row in pushing.daemon.received()}
    assert pending(tmp_path) == []


def test_a_push_outlasts_a_server_that_is_silent_for_a_while(pushing: Any) -> None:
    with Relay(pushing.address, cut_at=1 << 20, turned_away=2) as relay:
        receipt = pushing("--retries", "10", to=relay.address)
        assert relay.turned_away == 0
    assert [row["id"] for row in pushing.daemon.received()] == [receipt["id"]]
