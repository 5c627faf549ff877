"""The main job: a secret from a file on the client to the same bytes in the server's inbox."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.end_to_end

PUSH_KEYS = {"id", "name", "bytes", "sha256", "stego_bytes", "psnr_db", "seconds"}
LIST_KEYS = {"id", "name", "client", "bytes", "sha256", "received_at", "path"}


def push(world: Any, *more: object) -> Any:
    return world.client(
        "push", "secret.png", "--cover", "cover.png", "--to", world.address, *more, "--json"
    )


def test_a_pushed_secret_lies_in_the_inbox_byte_for_byte(world: Any) -> None:
    original = (world.folder / "secret.png").read_bytes()
    done = push(world)
    assert done.code == 0, done.err
    receipt = done.json
    assert set(receipt) >= PUSH_KEYS
    assert receipt["sha256"] == hashlib.sha256(original).hexdigest()
    assert receipt["bytes"] == len(original)
    assert receipt["psnr_db"] > 40
    assert set(receipt["seconds"]) == {"connect", "read", "hide", "encode", "send", "store"}
    (entry,) = world.server("list", "--json").json
    assert set(entry) >= LIST_KEYS
    assert (entry["id"], entry["client"]) == (receipt["id"], "alice")
    path = Path(entry["path"])
    assert path.is_absolute()
    assert path.read_bytes() == original


def test_the_same_name_twice_overwrites_nothing(world: Any) -> None:
    first = (world.folder / "secret.png").read_bytes()
    assert push(world).code == 0
    second = (world.folder / "cover.png").read_bytes()[:5000] + first[5000:]
    (world.folder / "secret.png").write_bytes(second)
    assert push(world).code == 0
    kept = {Path(e["path"]).read_bytes() for e in world.server("list", "--json").json}
    assert kept == {first, second}


def test_the_stego_image_kept_is_the_one_sent(world: Any) -> None:
    done = push(world, "--keep-stego", "kept.png")
    assert done.code == 0, done.err
    kept = (world.folder / "kept.png").read_bytes()
    assert len(kept) == done.json["stego_bytes"]
    again = world.client("reveal", "kept.png", "-o", "out.png", "--from", "nonsense")
    assert again.code == 2


def test_ping(world: Any) -> None:
    done = world.client("ping", "--to", world.address, "--json")
    assert done.code == 0, done.err
    assert 0 < done.json["seconds"] < 60


def test_a_client_that_is_not_allowed_learns_both_causes(world: Any) -> None:
    stranger = world.client("keygen", "--identity", "eve.key", "--json").json["public_key"]
    done = push(world, "--identity", "eve.key")
    assert done.code == 7
    assert "key" in done.json["message"]
    assert "not allowed" in done.json["message"]
    assert f"underpaintd allow NAME {stranger}" in done.json["hint"]
    assert world.server("list", "--json").json == []


def test_a_wrong_server_key_learns_both_causes(world: Any) -> None:
    other = world.client("keygen", "--identity", "other.key", "--json").json["public_key"]
    address = f"{world.address.split('#')[0]}#{other}"
    done = world.client("ping", "--to", address, "--json")
    assert done.code == 7
    assert "not allowed" in done.json["message"]


def test_allow_and_revoke_are_obeyed_while_running(world: Any) -> None:
    bob = world.client("keygen", "--identity", "bob.key", "--json").json["public_key"]
    ping = ("ping", "--to", world.address, "--identity", "bob.key")
    assert world.server("allow", "bob", bob).code == 0
    time.sleep(1)
    assert world.client(*ping).code == 0
    assert world.server("revoke", "bob").code == 0
    time.sleep(1)
    assert world.client(*ping).code == 7


def test_a_cover_that_is_too_small_is_told_before_anything_is_sent(world: Any) -> None:
    done = world.client(
        *("push", "cover.png", "--cover", "secret.png", "--to", world.address, "--json")
    )
    assert done.code == 5
    assert world.server("list", "--json").json == []


def test_classic_mode_arrives_pixel_exact(world: Any) -> None:
    import numpy as np
    from PIL import Image

    done = push(world, "--mode", "classic")
    assert done.code == 0, done.err
    (entry,) = world.server("list", "--json").json
    with Image.open(entry["path"]) as arrived, Image.open(world.folder / "secret.png") as secret:
        assert np.array_equal(np.asarray(arrived), np.asarray(secret))
