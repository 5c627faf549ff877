"""`underpaint push` of several secrets: best covers, none twice, and nothing lost on the way."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.end_to_end.daemon.process import PATIENCE

pytestmark = pytest.mark.end_to_end

# Dies with the third receipt on its way, while others are being hidden and sent.
_DIES = """
import os, runpy, signal
from underpaint_client import batch
record, count = batch.Batch._record, iter(range(99))
def dying(*args):
    if next(count) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    record(*args)
batch.Batch._record = dying
runpy.run_module("underpaint_client", run_name="__main__")
"""


@dataclass
class Here:
    """A folder with secrets and covers, a running daemon, and the command."""

    folder: Path
    daemon: Any
    address: str

    def start(self, *words: object, program: str = "") -> subprocess.Popen[str]:
        how = ["-c", program] if program else ["-m", "underpaint_client"]
        return subprocess.Popen(
            [sys.executable, *how, *map(str, words)],
            cwd=self.folder,
            env={
                **os.environ,
                "UNDERPAINT_IDENTITY": str(self.folder / "alice.key"),
                "UNDERPAINT_CONFIG": os.devnull,
                "UNDERPAINT_STATE": str(self.folder / "state"),
                "UNDERPAINT_TO": self.address,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: object, code: int = 0, program: str = "") -> tuple[str, str]:
        process = self.start(*words, program=program)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == code, (process.returncode, out, err)
        return out, err

    def push(self, *words: object, code: int = 0) -> Any:
        return json.loads(self.run("push", *words, "--json", code=code)[0])

    def cover(self, name: str, side: int) -> None:
        samples = np.random.default_rng(side).integers(20, 230, (side, side, 3), dtype=np.uint8)
        (self.folder / "covers").mkdir(exist_ok=True)
        Image.fromarray(samples).save(self.folder / "covers" / name)

    def secret(self, name: str, size: int) -> bytes:
        (self.folder / "secrets").mkdir(exist_ok=True)
        content = b"GIF89a" + os.urandom(size)
        (self.folder / "secrets" / name).write_bytes(content)
        return content

    def arrived(self) -> dict[str, bytes]:
        rows = self.daemon.received()
        found = {row["name"]: Path(row["path"]).read_bytes() for row in rows}
        assert len(found) == len(rows), "nothing arrived twice"
        return found


@pytest.fixture
def here(new_daemon: Any, tmp_path: Path) -> Here:
    daemon = new_daemon()
    daemon.allow("alice").save(tmp_path / "alice.key")
    return Here(tmp_path, daemon, str(daemon.start()))


def covers_of(pushed: Any) -> list[str]:
    return [Path(each["cover"]).name for each in pushed["pushes"]]


def test_each_secret_gets_a_cover_and_the_next_run_pushes_what_is_missing(here: Here) -> None:
    for number in range(4):
        here.cover(f"{number}.png", 200 + 40 * number)
    sent = {f"{number}.gif": here.secret(f"{number}.gif", 3000 * number) for number in range(3)}
    words = ("secrets", "--cover", "covers")
    first = here.push(*words)
    assert (first["stored"], first["already"], first["failed"]) == (3, 0, 0)
    assert covers_of(first) == ["1.png", "2.png", "3.png"], (
        "the largest secret has the first choice"
    )
    assert all(each["push"]["psnr_db"] > 51 for each in first["pushes"])
    assert here.arrived() == sent
    again = here.push(*words)
    assert (again["stored"], again["already"]) == (0, 3)
    assert [each["id"] for each in again["pushes"]] == [each["id"] for each in first["pushes"]]
    sent |= {"new.gif": here.secret("new.gif", 100), "late.gif": here.secret("late.gif", 50)}
    third = here.push(*words, code=10)
    outcomes = {Path(each["secret"]).name: each for each in third["pushes"]}
    assert Path(outcomes["new.gif"]["cover"]).name == "0.png"
    late = outcomes["late.gif"]
    assert late["error"]["error"] == "does_not_fit"
    assert "4 of 4 images are used" in late["error"]["message"]
    fourth = here.push(*words, "--reuse-covers")
    assert (fourth["stored"], fourth["already"]) == (1, 4)
    assert here.arrived() == sent
    assert here.push(*words, "--again", "--reuse-covers")["stored"] == 5
    assert here.daemon.leftovers() == []


def test_one_failure_does_not_stop_the_rest(here: Here) -> None:
    for number in range(3):
        here.cover(f"{number}.png", 200 + number)
        here.secret(f"{number}.gif", 10)
    (here.folder / "secrets" / "no.png").write_text("not an image")
    here.secret("huge.gif", 200_000)
    words = ("secrets", "missing.gif", "--cover", "covers")
    pushed = here.push(*words, code=10)
    errors = {Path(each["secret"]).name: each["error"] for each in pushed["pushes"]}
    assert {name: error["error"] for name, error in errors.items() if error} == {
        "no.png": "unusable_image",
        "huge.gif": "does_not_fit",
        "missing.gif": "local_file",
    }
    assert sorted(here.arrived()) == ["0.gif", "1.gif", "2.gif"]
    out, err = here.run("push", *words, code=10)
    assert "hint: " in err
    assert "3 of 6 were not pushed" in err
    assert len(out.splitlines()) == 7
    assert re.search(r"0\.gif +stored on 20\d\d-", out)


def test_a_run_that_is_killed_is_gone_on_with(here: Here) -> None:
    for number in range(6):
        here.cover(f"{number}.png", 300 + number)
    sent = {f"{number}.gif": here.secret(f"{number}.gif", 2000) for number in range(6)}
    words = ("secrets", "--cover", "covers")
    here.run("push", *words, program=_DIES, code=-signal.SIGKILL)
    done = {row["id"] for row in here.daemon.received()}
    assert len(done) >= 3
    pushed = here.push(*words)
    assert pushed["failed"] == 0
    assert pushed["already"] <= 2, "no more than receipts that were noted"
    assert any(each["resumed"] for each in pushed["pushes"])
    assert here.arrived() == sent
    assert done <= {each["id"] for each in pushed["pushes"]}
    assert list((here.folder / "state" / "pending").iterdir()) == []
    left = here.push("secrets", "--cover", "covers", "--again", code=10)
    assert left["stored"] == 0, "all six covers are known as used, whichever run had the receipt"


def test_ctrl_c_says_what_is_stored_and_leaves_nothing_half_done(here: Here) -> None:
    for number in range(8):
        here.cover(f"{number}.png", 700 + number)
    sent = {f"{number}.gif": here.secret(f"{number}.gif", 1000) for number in range(8)}
    process = here.start("push", "secrets", "--cover", "covers")
    here.daemon.wait_for_event("kept")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    if process.returncode != 0:
        assert process.returncode == 130
        found = re.search(r"interrupted: (\d) of 8 were stored by then", err)
        assert found, err
        time.sleep(0.1)
        assert int(found[1]) <= len(here.daemon.received())
        assert "pushes what is missing" in err
    assert here.push("secrets", "--cover", "covers")["failed"] == 0
    assert here.arrived() == sent


def test_a_named_cover_that_was_used_gives_a_warning(here: Here) -> None:
    here.cover("lake.png", 200)
    for name in "abc":
        here.secret(f"{name}.gif", 10)
    one = ("push", "secrets/a.gif", "--cover", "covers/lake.png")
    assert "warning" not in here.run(*one)[1]
    with Image.open(here.folder / "covers" / "lake.png") as image:
        image.save(here.folder / "covers" / "copy.tiff")
    _, err = here.run("push", "secrets/b.gif", "--cover", "covers/copy.tiff")
    assert "covers/copy.tiff was used before, on 20" in err
    assert "give the method away" in err
    here.cover("other.png", 210)
    _, err = here.run("push", "secrets", "--cover", "covers/other.png", "--again")
    assert "other.png carries several secrets" in err
    assert len(here.daemon.received()) == 5


def test_a_server_that_takes_one_at_a_time_gets_them_all(here: Here) -> None:
    head = here.daemon.config.read_text().partition("limits:")[0]
    here.daemon.config.write_text(head + "limits: {uploads_per_client: 1}\n")
    here.daemon.process.send_signal(signal.SIGHUP)
    here.daemon.wait_for_event("reloaded")
    for number in range(5):
        here.cover(f"{number}.png", 400 + number)
        here.secret(f"{number}.gif", 1000)
    assert here.push("secrets", "--cover", "covers")["stored"] == 5


def test_nobody_there_is_no_connection(here: Here) -> None:
    here.cover("0.png", 200)
    here.secret("a.gif", 10)
    here.secret("b.gif", 10)
    here.daemon.stop()
    failed = here.push("secrets", "--cover", "covers", code=7)
    assert failed["error"] == "no_connection"


def test_a_stego_image_that_was_made_earlier_is_sent_as_it_is(here: Here) -> None:
    here.cover("lake.png", 200)
    content = here.secret("a.gif", 500)
    here.run("hide", "secrets/a.gif", "covers/lake.png", "-o", "card.webp", "--to", here.address)
    pushed = here.push("--prepared", "card.webp")
    assert here.arrived() == {"a.gif": content}
    assert (pushed["psnr_db"], pushed["bytes"]) == (None, 506)
    assert pushed["stego_bytes"] == (here.folder / "card.webp").stat().st_size
    hide = ("hide", "secrets/a.gif", "covers/lake.png", "-o", "other.png")
    (here.folder / "p").write_text("eight random words are better than one")
    here.run(*hide, "--passphrase-file", "p")
    assert here.push("--prepared", "other.png", code=3)["error"] == "nothing_found"
    assert here.push("--prepared", "card.webp", "--cover", "covers", code=2)["error"] == "usage"
    assert here.push("secrets/a.gif", code=2)["error"] == "usage"
    assert len(here.daemon.received()) == 1
