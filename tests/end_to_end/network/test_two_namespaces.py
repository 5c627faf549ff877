"""A push over a bad line that breaks in the middle: resumed, exact, and there once."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.end_to_end.network.link import NETWORK, Link, missing
from tests.living import sizes_in

from underpaint_common.crypto.identity import Identity
from underpaint_server.allowed import AllowedFile
from underpaint_server.endpoint import Endpoint
from underpaint_server.setup import new_server

PATIENCE = 180.0
BEFORE_THE_CUT = 1_500_000
LINE = {"rate": 20e6 / 8, "delay": 0.1, "loss": 0.01}

pytestmark = pytest.mark.end_to_end


@pytest.fixture
def link() -> Iterator[Link]:
    """A line of 20 Mbit/s with 100 ms each way that loses a packet in a hundred, or a skip."""
    if lacking := missing():
        pytest.skip(lacking)
    with Link(**LINE, seed=1) as made:
        yield made


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def process(command: list[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(command, text=True, **options) as running:
        try:
            yield running
        finally:
            if running.poll() is None:
                running.kill()


def furnish(folder: Path) -> str:
    """Make both identities and both images; return the address line."""
    endpoint = Endpoint(f"{NETWORK}.2", 7741)
    server = new_server(folder / "server", host=None, listen=endpoint)
    config = folder / "server" / "server.yaml"
    text = re.sub("transfer_timeout: .*", "transfer_timeout: 5 s", config.read_text())
    config.write_text(text.replace("log_level: info", "log_level: debug"))
    alice = Identity.generate()
    alice.save(folder / "alice.key")
    AllowedFile(folder / "server" / "state" / "allowed").allow("alice", alice.public)
    rng = np.random.default_rng(1)
    for name, shape in (("cover.png", (1000, 1000, 3)), ("secret.png", (60, 80, 3))):
        Image.fromarray(rng.integers(0, 256, shape, dtype=np.uint8)).save(folder / name)
    return str(server.address)


def spooled(folder: Path) -> int:
    return sum(sizes_in(folder / "server" / "state" / "spool").values())


def underpaintd(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "underpaint_server", *words]
    config = ["--config", str(folder / "server" / "server.yaml")]
    return subprocess.run([*command, *config], check=True, capture_output=True, text=True).stdout


def test_a_push_over_a_line_that_is_cut_is_resumed(link: Link, tmp_path: Path) -> None:
    address = furnish(tmp_path)
    log = tmp_path / "log"
    serve = [sys.executable, "-m", "underpaint_server", "serve"]
    serve += ["--config", str(tmp_path / "server" / "server.yaml")]
    push = [sys.executable, "-m", "underpaint_client", "push", str(tmp_path / "secret.png")]
    push += ["--cover", str(tmp_path / "cover.png"), "--to", address, "--json"]
    push += ["--identity", str(tmp_path / "alice.key"), "--timeout", "5 s", "--retries", "50"]
    there = link.directions[0]
    with log.open("w") as written, process(link.inside(1, *serve), stderr=written) as daemon:
        wait_for(lambda: "listening on" in log.read_text())
        with process(link.inside(0, *push), stdout=subprocess.PIPE) as pushing:
            wait_for(lambda: spooled(tmp_path) > BEFORE_THE_CUT)
            link.cut()
            # Longer than either side waits for the other: the connection is given up on both.
            wait_for(lambda: "event=left" in log.read_text())
            assert pushing.poll() is None
            assert spooled(tmp_path) > BEFORE_THE_CUT
            before = there.carried
            link.mend()
            said, _ = pushing.communicate(timeout=PATIENCE)
            assert pushing.returncode == 0, said
        receipt = json.loads(said)
        daemon.terminate()
        assert daemon.wait(PATIENCE) == 0
    secret = (tmp_path / "secret.png").read_bytes()
    (row,) = json.loads(underpaintd(tmp_path, "list", "--json"))
    assert row["id"] == receipt["id"]
    assert Path(row["path"]).read_bytes() == secret
    assert receipt["sha256"] == hashlib.sha256(secret).hexdigest()
    assert underpaintd(tmp_path, "verify") == "all is as it should be\n"
    assert log.read_text().count("event=authenticated") > 1
    # What was kept is not sent again, while the line repeats a few per cent of what it carries.
    assert there.carried - before < 0.8 * receipt["stego_bytes"]
    assert there.lost
