"""The main job: a secret from a file on the client to the same bytes in the server's inbox."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from underpaint_client.demo.daemon import daemon

pytestmark = pytest.mark.end_to_end

PUSH_KEYS = {"id", "name", "bytes", "sha256", "stego_bytes", "psnr_db", "seconds"}
LIST_KEYS = {"id", "name", "client", "bytes", "sha256", "received_at", "path"}


def push(world: Any, *more: object, path: str = "secret.png") -> Any:
    return world.client(
        "push", path, "--cover", "cover.png", "--to", world.address, *more, "--json"
    )


def listed(world: Any) -> dict[str, Any]:
    return {entry["id"]: entry for entry in world.server("list", "--json").json}


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
    entry = listed(world)[receipt["id"]]
    assert set(entry) >= LIST_KEYS
    assert entry["client"] == "alice"
    path = Path(entry["path"])
    assert path.is_absolute()
    assert path.read_bytes() == original


def test_the_same_name_twice_overwrites_nothing(world: Any) -> None:
    first = (world.folder / "secret.png").read_bytes()
    second = (world.folder / "cover.png").read_bytes()[:5000] + first[5000:]
    (world.folder / "other").mkdir()
    (world.folder / "other" / "secret.png").write_bytes(second)
    receipts = [push(world).json["id"], push(world, path="other/secret.png").json["id"]]
    entries = listed(world)
    assert [Path(entries[each]["path"]).read_bytes() for each in receipts] == [first, second]


@pytest.mark.skipif(sys.platform != "linux", reason="a file name may be any bytes")
def test_names_that_are_no_text_are_pushed_all_the_same(world: Any) -> None:
    strange = os.fsdecode(b"s\xff\x1b[2J\n.png")
    secrets, covers = world.folder / f"secrets{strange}", world.folder / f"covers{strange}"
    for folder, file in ((secrets, "secret.png"), (covers, "cover.png")):
        folder.mkdir()
        shutil.copy(world.folder / file, folder / strange)
    to = ("--to", world.address, "--reuse-covers", "--json")
    for command in ((secrets, "--cover", covers), (secrets / strange, "--cover", covers / strange)):
        done = world.client("push", *command, *to)
        assert done.code == 0, done
        assert "\x1b" not in done.out + done.err
        assert done.out.count("\n") == 1
    pattern = os.fsdecode(b"s\xff*.png")
    names = {row["name"] for row in world.server("list", "--name", pattern, "--json").json}
    assert "s__[2J_.png" in names
    shutil.rmtree(secrets)
    shutil.rmtree(covers)


def test_the_stego_image_kept_is_the_one_sent(world: Any) -> None:
    done = push(world, "--keep-stego", "kept.png")
    assert done.code == 0, done.err
    kept = (world.folder / "kept.png").read_bytes()
    assert len(kept) == done.json["stego_bytes"]
    other = world.client("keygen", "--identity", "x.key", "--json").json["public_key"]
    found = world.client("reveal", "kept.png", "-o", "out.png", "--from", other)
    assert found.code == 3, "only the server can find what is hidden for it"


def test_ping(world: Any) -> None:
    done = world.client("ping", "--to", world.address, "--json")
    assert done.code == 0, done.err
    assert 0 < done.json["seconds"] < 60


def test_who_is_not_allowed_or_has_a_wrong_address_learns_both_causes(world: Any) -> None:
    keys = {
        name: world.client("keygen", "--identity", f"{name}.key", "--json").json["public_key"]
        for name in ("bob", "eve")
    }
    before = listed(world)
    assert world.server("allow", "bob", keys["bob"]).code == 0
    bob = ("ping", "--to", world.address, "--identity", "bob.key", "--json")
    world.client_until(0, *bob)
    assert world.server("revoke", "bob").code == 0
    world.client_until(7, *bob)
    wrong_server = f"{world.address.split('#')[0]}#{keys['eve']}"
    with ThreadPoolExecutor() as at_once:  # the daemon keeps each of them waiting
        revoked = at_once.submit(world.client, *bob)
        misled = at_once.submit(world.client, "ping", "--to", wrong_server, "--json")
        stranger = at_once.submit(push, world, "--identity", "eve.key")
    for done in (revoked.result(), misled.result(), stranger.result()):
        assert done.code == 7
        assert "key in the address" in done.json["message"]
        assert "not allowed" in done.json["message"]
    assert f"underpaintd allow NAME {keys['eve']}" in stranger.result().json["hint"]
    assert listed(world) == before


def test_a_cover_that_is_too_small_is_told_before_anything_is_sent(world: Any) -> None:
    before = listed(world)
    done = world.client(
        *("push", "cover.png", "--cover", "secret.png", "--to", world.address, "--json")
    )
    assert done.code == 5
    assert listed(world) == before


def test_classic_mode_arrives_pixel_exact(world: Any) -> None:
    import numpy as np
    from PIL import Image

    done = push(world, "--mode", "classic")
    assert done.code == 0, done.err
    entry = listed(world)[done.json["id"]]
    with Image.open(entry["path"]) as arrived, Image.open(world.folder / "secret.png") as secret:
        assert np.array_equal(np.asarray(arrived), np.asarray(secret))


def test_a_server_that_says_no_ends_the_push_with_8(bare: Any) -> None:
    key = bare.client("keygen", "--json").json["public_key"]
    assert bare.run("underpaint_server", "init", bare.folder / "server").code == 0
    assert bare.server("allow", "alice", key).code == 0
    head = bare.config.read_text().partition("limits:")[0]
    bare.config.write_text(head + "limits:\n  upload_bytes: 100 KiB\n")
    with daemon(bare.config) as running:
        done = bare.client(
            *("push", "secret.png", "--cover", "cover.png", "--to", running.address, "--json")
        )
    assert done.code == 8
    assert set(done.json) == {"error", "exit_code", "message", "hint"}
    assert bare.server("list", "--json").json == []
