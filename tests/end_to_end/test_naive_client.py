"""A client written from docs/protocol.md alone, against the page's session and the daemon."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
NAIVE = HERE / "naive_client.py"
RECORDING = HERE.parent.parent / "docs" / "protocol-session.json"


@pytest.fixture(scope="module")
def naive() -> ModuleType:
    """Return the naive client as a module."""
    spec = importlib.util.spec_from_file_location("naive_client", NAIVE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Tape:
    """A socket whose peer says what was recorded."""

    def __init__(self, to_hear: bytes) -> None:
        self.sent = b""
        self._to_hear = to_hear

    def sendall(self, data: bytes) -> None:
        self.sent += data

    def recv(self, count: int) -> bytes:
        heard, self._to_hear = self._to_hear[:count], self._to_hear[count:]
        return heard


def test_it_shares_nothing_with_the_project_and_is_short() -> None:
    source = NAIVE.read_text()
    assert source.count("\n") < 400
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
        for name in names:
            top = name.split(".")[0]
            assert top == "Crypto" or top in sys.stdlib_module_names, name


@pytest.mark.skipif(not RECORDING.exists(), reason="the documentation lies elsewhere")
def test_it_says_what_the_page_says(naive: ModuleType) -> None:
    recording = json.loads(RECORDING.read_text())
    keys = {name: bytes.fromhex(value) for name, value in recording["keys"].items()}
    said = {"client": bytearray(), "server": bytearray()}
    said["client"] += bytes.fromhex(
        recording["handshake"]["preamble"] + recording["handshake"]["record_1"]
    )
    said["server"] += bytes.fromhex(recording["handshake"]["record_2"])
    for each in recording["records"]:
        said[each["from"]] += bytes.fromhex(each["wire"])
    tape = Tape(bytes(said["server"]))
    handshake = naive.Handshake(
        keys["client_static_private"],
        keys["server_static_public"],
        preshared_key=keys["preshared_key"],
        ephemeral=keys["client_ephemeral_private"],
        kem_seed=keys["kem_seed"],
    )
    client = naive.Client(tape, handshake, recording["rekey_records"])
    client.ping(b"hello")
    # Fields that have defaults may be said or not: here, as the page's client does.
    pushed = next(each for each in recording["records"] if each["what"] == "Push")
    fields, _ = naive.unpack(bytes.fromhex(pushed["content"]))
    receipt = client.push(b"not an image", **{k: v for k, v in fields.items() if k != "type"})
    client.close()
    assert receipt["type"] == "Receipt"
    assert receipt["name"] == "a.png"
    assert tape.sent == said["client"]


@pytest.mark.end_to_end
def test_it_pushes_an_image_to_the_daemon(world: Any) -> None:
    hidden = world.client(
        *("hide", "secret.png", "cover.png", "--to", world.address, "-o", "naive.png")
    )
    assert hidden.code == 0, hidden.err
    done = run(world.address, world.folder / "alice.key", world.folder / "naive.png")
    receipt = json.loads(done.stdout)
    assert done.returncode == 0, (receipt, done.stderr)
    secret = (world.folder / "secret.png").read_bytes()
    assert receipt["type"] == "Receipt"
    assert receipt["sha256"] == hashlib.sha256(secret).hexdigest()
    kept = {entry["id"]: entry for entry in world.server("list", "--json").json}[receipt["id"]]
    assert Path(kept["path"]).read_bytes() == secret


@pytest.mark.end_to_end
def test_an_image_with_nothing_in_it_is_refused(world: Any) -> None:
    done = run(world.address, world.folder / "alice.key", world.folder / "cover.png")
    refusal = json.loads(done.stdout)
    assert (refusal["type"], refusal["code"]) == ("Refusal", "nothing_found")


@pytest.mark.end_to_end
def test_a_stranger_hears_nothing(world: Any) -> None:
    made = world.client("keygen", "--identity", "naive-stranger.key", "--json")
    assert made.code == 0, made.err
    key = world.folder / "naive-stranger.key"
    done = run(world.address, key, world.folder / "cover.png")
    assert json.loads(done.stdout) == {"error": "the server closed the connection"}


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the naive client where nothing of the project can be imported by accident."""
    command = [sys.executable, "-I", NAIVE, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
