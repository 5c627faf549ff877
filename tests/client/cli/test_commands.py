"""The commands without a network: options, files, JSON and exit codes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from underpaint_client.cli.embedding_options import mode as mode_option
from underpaint_common.crypto.identity import Identity
from underpaint_common.errors import ExitCode
from underpaint_common.payload import Mode
from underpaint_common.version import __version__

HIDE_KEYS = {
    "mode",
    "planes",
    "payload_bytes",
    "capacity_bytes",
    "bits_per_sample",
    "psnr_db",
    "change_rate",
    "seconds",
    "output",
}
REVEAL_KEYS = {"mode", "name", "media_type", "bytes", "sha256", "output", "seconds"}
ERROR_KEYS = {"error", "exit_code", "message", "hint"}
Run = Callable[..., tuple[int, str, str]]


def as_json(result: tuple[int, str, str], code: int = 0) -> dict[str, Any]:
    assert result[0] == code, result
    parsed = json.loads(result[1])
    assert isinstance(parsed, dict)
    return parsed


@pytest.fixture
def stego(run: Run, secret: Path, cover: Path, key_file: Path, tmp_path: Path) -> Path:
    path = tmp_path / "stego.png"
    assert run("hide", secret, cover, "-o", path, "--key-file", key_file)[0] == 0
    return path


class Stdin:
    """Standard input that holds bytes."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)

    def isatty(self) -> bool:
        return False


# keygen


def test_keygen_prints_the_public_key_alone_on_stdout(run: Run, tmp_path: Path) -> None:
    code, out, err = run("keygen", "--identity", "me.key")
    identity = Identity.load(tmp_path / "me.key")
    assert (code, out) == (0, identity.public_text + "\n")
    assert f"underpaintd allow NAME {identity.public_text}" in err
    assert stat.S_IMODE((tmp_path / "me.key").stat().st_mode) == 0o600


def test_keygen_json_and_default_place(run: Run, tmp_path: Path) -> None:
    made = as_json(run("keygen", "--json"))
    assert set(made) == {"public_key", "identity", "protected"}
    assert made["identity"] == str(tmp_path / "configuration" / "underpaint" / "identity.key")
    assert Identity.load(Path(made["identity"])).public_text == made["public_key"]


def test_keygen_never_overwrites(run: Run, tmp_path: Path) -> None:
    run("keygen", "--identity", "me.key")
    before = (tmp_path / "me.key").read_bytes()
    failed = as_json(run("keygen", "--identity", "me.key", "--json"), ExitCode.LOCAL_FILE)
    assert set(failed) == ERROR_KEYS
    assert (tmp_path / "me.key").read_bytes() == before


def test_keygen_shows_the_public_key_again(run: Run, tmp_path: Path) -> None:
    made = run("keygen", "--identity", "me.key")[1]
    assert run("keygen", "--identity", "me.key", "--show")[:2] == (0, made)
    shown = as_json(run("keygen", "--identity", "me.key", "--show", "--json"))
    assert shown == {"public_key": made.strip(), "identity": str(tmp_path / "me.key")}
    failed = as_json(run("keygen", "--identity", "me.key", "--json"), ExitCode.LOCAL_FILE)
    assert "--show" in failed["hint"]
    assert run("keygen", "--identity", "no.key", "--show")[0] == ExitCode.LOCAL_FILE
    assert not (tmp_path / "no.key").exists()
    assert run("keygen", "--show", "--protect")[0] == ExitCode.USAGE


def test_keygen_shared(run: Run, tmp_path: Path, secret: Path, cover: Path) -> None:
    assert run("keygen", "--shared", "family.key")[0] == 0
    assert stat.S_IMODE((tmp_path / "family.key").stat().st_mode) == 0o600
    assert run("hide", secret, cover, "-o", "s.png", "--key-file", "family.key")[0] == 0
    assert run("reveal", "s.png", "--key-file", "family.key", "-o", "out")[0] == 0
    assert run("keygen", "--shared", "a", "--identity", "b")[0] == ExitCode.USAGE


# hide and reveal


@pytest.mark.parametrize("place", ["", "new.png/"])
def test_what_is_no_path_is_wrong_usage(
    run: Run, secret: Path, cover: Path, key_file: Path, tmp_path: Path, place: str
) -> None:
    before = sorted(tmp_path.iterdir())
    key = ("--key-file", key_file)
    for command in (
        ("hide", secret, cover, "-o", place, *key),
        ("hide", place, cover, "-o", "s.png", *key),
        ("hide", secret, cover, "-o", "s.png", "--key-file", place),
        ("reveal", cover, "-o", place, *key),
        ("capacity", place),
        ("keygen", "--shared", place),
        ("keygen", "--identity", place),
        ("push", secret, "--cover", place),
    ):
        code, out, err = run(*command)
        assert (code, out) == (ExitCode.USAGE, ""), command
        assert "names no file" in err or "no folder new.png/" in err
    assert run("config", "set", "identity", "")[0] == ExitCode.USAGE
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("ending", ["png", "webp", "bmp", "tiff"])
def test_hide_then_reveal_gives_the_same_file(
    run: Run, secret: Path, cover: Path, key_file: Path, tmp_path: Path, ending: str
) -> None:
    stego = tmp_path / f"stego.{ending}"
    hidden = as_json(run("hide", secret, cover, "-o", stego, "--key-file", key_file, "--json"))
    assert set(hidden) >= HIDE_KEYS
    assert hidden["mode"] == "adaptive"
    assert hidden["choice"].startswith("adaptive: the payload is small")
    assert hidden["psnr_db"] > 40
    assert 0 < hidden["payload_bytes"] <= hidden["capacity_bytes"]
    assert hidden["output"] == str(stego)
    found = as_json(run("reveal", stego, "-o", "out.png", "--key-file", key_file, "--json"))
    assert set(found) >= REVEAL_KEYS
    assert found["sha256"] == hashlib.sha256(secret.read_bytes()).hexdigest()
    assert (found["name"], found["media_type"]) == ("secret.png", "image/png")
    assert (tmp_path / "out.png").read_bytes() == secret.read_bytes()


def test_classic_brings_the_pixels(
    run: Run, secret: Path, cover: Path, key_file: Path, tmp_path: Path
) -> None:
    command = ("hide", secret, cover, "-o", "s.png", "--key-file", key_file, "--mode", "classic")
    hidden = as_json(run(*command, "--planes", "3", "--json"))
    assert (hidden["mode"], hidden["planes"]) == ("classic", 3)
    assert run("reveal", "s.png", "-o", "out.png", "--key-file", key_file)[0] == 0
    with Image.open(tmp_path / "out.png") as out, Image.open(secret) as original:
        assert np.array_equal(np.asarray(out), np.asarray(original))


def test_without_o_reveal_writes_the_embedded_name_once(
    run: Run, stego: Path, key_file: Path, secret: Path
) -> None:
    original = secret.read_bytes()
    secret.write_bytes(b"something of mine")
    code, out, err = run("reveal", stego, "--key-file", key_file)
    assert (code, out) == (ExitCode.LOCAL_FILE, "")
    assert "exists already" in err
    assert "--force" in err
    assert secret.read_bytes() == b"something of mine"
    assert run("reveal", stego, "--key-file", key_file, "--force")[0] == 0
    assert secret.read_bytes() == original


def test_an_evil_name_stays_in_the_folder(
    run: Run, cover: Path, key_file: Path, tmp_path: Path
) -> None:
    from underpaint_client import hide
    from underpaint_common.crypto.stego_key import load_key_file
    from underpaint_common.payload import SecretFile

    evil = SecretFile(name="../../escaped\x1b[2J.png", media_type="image/png", data=b"evil")
    hide(evil, cover, key=load_key_file(key_file), output=tmp_path / "evil-stego.png")
    work = tmp_path / "a" / "b"
    work.mkdir(parents=True)
    os.chdir(work)
    code, _, err = run("reveal", tmp_path / "evil-stego.png", "--key-file", key_file)
    assert code == 0
    assert "\x1b" not in err
    assert [path.read_bytes() for path in work.iterdir()] == [b"evil"]
    assert not list(tmp_path.glob("*escaped*"))


def test_a_passphrase_by_file_and_by_environment(
    run: Run, secret: Path, cover: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "words").write_text("a long enough passphrase of 2031\n")
    assert run("hide", secret, cover, "-o", "s.png", "--passphrase-file", "words")[0] == 0
    monkeypatch.setenv("UNDERPAINT_PASSPHRASE", "a long enough passphrase of 2031")
    assert run("reveal", "s.png", "-o", "out.png")[0] == 0
    assert (tmp_path / "out.png").read_bytes() == secret.read_bytes()


def test_between_two_identities(run: Run, secret: Path, cover: Path, tmp_path: Path) -> None:
    keys = {
        name: as_json(run("keygen", "--identity", f"{name}.key", "--json"))["public_key"]
        for name in ("alice", "bob", "eve")
    }
    address = f"underpaint://example.org:7741/#{keys['bob']}"
    command = ("hide", secret, cover, "-o", "s.png", "--to", address)
    assert run(*command, "--identity", "alice.key")[0] == 0
    reveal = ("reveal", "s.png", "-o", "out.png", "--from", keys["alice"], "--identity")
    assert run(*reveal, "eve.key")[0] == ExitCode.NOTHING_FOUND
    assert run(*reveal, "bob.key")[0] == 0
    assert (tmp_path / "out.png").read_bytes() == secret.read_bytes()


def test_standard_input_and_output(
    secret: Path, cover: Path, key_file: Path, tmp_path: Path
) -> None:
    stego = piped("hide", "-", cover, "-o", "-", "--key-file", key_file, stdin=secret.read_bytes())
    assert stego.startswith(b"\x89PNG")
    assert (
        piped("reveal", "-", "-o", "-", "--key-file", key_file, stdin=stego) == secret.read_bytes()
    )


def piped(*arguments: str | Path, stdin: bytes) -> bytes:
    import subprocess

    command = [sys.executable, "-m", "underpaint_client", *map(str, arguments)]
    return subprocess.run(command, input=stdin, stdout=subprocess.PIPE, check=True).stdout


def test_two_things_cannot_share_one_stream(run: Run, secret: Path, cover: Path) -> None:
    assert run("hide", "-", "-", "-o", "s.png")[0] == ExitCode.USAGE
    assert run("hide", "-", cover, "-o", "s.png", "--passphrase-file", "-")[0] == ExitCode.USAGE
    failed = as_json(run("hide", secret, cover, "-o", "-", "--json"), ExitCode.USAGE)
    assert failed["hint"]
    assert run("reveal", "s.png", "-o", "-", "--json")[0] == ExitCode.USAGE


def test_a_secret_from_standard_input_gets_a_name(
    run: Run, secret: Path, cover: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Stdin(secret.read_bytes()))
    assert run("hide", "-", cover, "-o", "s.png", "--key-file", key_file)[0] == 0
    found = as_json(run("reveal", "s.png", "-o", "out", "--key-file", key_file, "--json"))
    assert found["name"] == "secret.png"


# errors


@pytest.mark.parametrize("ending", ["jpg", "jpeg", "JPG"])
def test_jpeg_output_is_refused_with_a_hint(
    run: Run, secret: Path, cover: Path, key_file: Path, tmp_path: Path, ending: str
) -> None:
    command = ("hide", secret, cover, "-o", f"s.{ending}", "--key-file", key_file, "--json")
    failed = as_json(run(*command), ExitCode.USAGE)
    assert failed["error"]
    assert "png" in failed["hint"].lower()
    assert not (tmp_path / f"s.{ending}").exists()


def test_the_cover_is_never_overwritten(
    run: Run, secret: Path, cover: Path, key_file: Path
) -> None:
    before = cover.read_bytes()
    command = ("hide", secret, cover, "-o", cover, "--key-file", key_file, "--force")
    assert run(*command)[0] == ExitCode.USAGE
    assert cover.read_bytes() == before


def test_an_existing_stego_image_needs_force(
    run: Run, secret: Path, cover: Path, key_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "s.png").write_bytes(b"precious")
    command = ("hide", secret, cover, "-o", "s.png", "--key-file", key_file)
    assert run(*command)[0] == ExitCode.LOCAL_FILE
    assert (tmp_path / "s.png").read_bytes() == b"precious"
    assert run(*command, "--force")[0] == 0


def test_no_key_and_no_terminal_is_a_usage_error(
    run: Run, secret: Path, cover: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Stdin(b""))
    failed = as_json(run("hide", secret, cover, "-o", "s.png", "--json"), ExitCode.USAGE)
    assert "--passphrase-file" in failed["hint"]


def test_two_keys_are_a_usage_error(run: Run, secret: Path, cover: Path, key_file: Path) -> None:
    command = ("hide", secret, cover, "-o", "s.png", "--key-file", key_file)
    assert run(*command, "--passphrase-file", key_file)[0] == ExitCode.USAGE


def test_a_wrong_key_finds_nothing_and_writes_nothing(
    run: Run, stego: Path, tmp_path: Path
) -> None:
    run("keygen", "--shared", "other.key")
    before = sorted(tmp_path.iterdir())
    failed = as_json(
        run("reveal", stego, "--key-file", "other.key", "-o", "out.png", "--json"),
        ExitCode.NOTHING_FOUND,
    )
    assert set(failed) == ERROR_KEYS
    assert failed["exit_code"] == 3
    assert sorted(tmp_path.iterdir()) == before


def test_a_tampered_image_is_damaged_and_nothing_is_written(
    run: Run, cover: Path, key_file: Path, tmp_path: Path
) -> None:
    data = np.random.default_rng(3).bytes(27_000)  # nearly every sample bears a bit of it
    (tmp_path / "noise").write_bytes(data)
    command = ("hide", "noise", cover, "-o", "s.png", "--key-file", key_file, "--planes", "1")
    assert run(*command)[0] == 0
    with Image.open(tmp_path / "s.png") as image:
        samples = np.array(image)
    codes = []
    for place in range(1000, samples.size, samples.size // 12):
        changed = samples.copy()
        changed.reshape(-1)[place] ^= np.uint8(1)
        Image.fromarray(changed).save(tmp_path / "tampered.png")
        code = run("reveal", "tampered.png", "--key-file", key_file, "-o", "out")[0]
        if code == 0:  # the sample bore nothing: then the secret must be whole
            assert (tmp_path / "out").read_bytes() == data
            (tmp_path / "out").unlink()
        assert not (tmp_path / "out").exists()
        codes.append(code)
    # A sample of the header or the salt leaves nothing to be found; there are few of those.
    assert set(codes) <= {ExitCode.DONE, ExitCode.NOTHING_FOUND, ExitCode.DAMAGED}
    assert codes.count(ExitCode.DAMAGED) > len(codes) // 2


def test_a_small_cover_is_told_with_a_way_out(
    run: Run, secret: Path, key_file: Path, tmp_path: Path
) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "small.png")
    command = ("hide", secret, "small.png", "-o", "s.png", "--key-file", key_file, "--json")
    failed = as_json(run(*command), ExitCode.DOES_NOT_FIT)
    assert any(word in f"{failed['message']} {failed['hint']}" for word in ("plane", "pixel"))
    assert not (tmp_path / "s.png").exists()


def test_a_text_called_png_is_no_image_anywhere(
    run: Run, secret: Path, cover: Path, key_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "text.png").write_text("these are only words\n")
    keyed = ("--key-file", key_file, "-o", "out.png")
    assert run("hide", secret, "text.png", *keyed)[0] == ExitCode.UNUSABLE_IMAGE
    assert run("hide", "text.png", cover, *keyed)[0] == ExitCode.UNUSABLE_IMAGE
    assert run("reveal", "text.png", *keyed)[0] == ExitCode.UNUSABLE_IMAGE
    assert run("capacity", "text.png")[0] == ExitCode.UNUSABLE_IMAGE
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("missing", ["secret", "cover", "key", "folder"])
def test_a_missing_file_is_named(
    run: Run, secret: Path, cover: Path, key_file: Path, tmp_path: Path, missing: str
) -> None:
    names = {"secret": str(secret), "cover": str(cover), "key": str(key_file), "folder": "."}
    names[missing] = str(tmp_path / "missing")
    code, _, err = run(
        *("hide", names["secret"], names["cover"], "--key-file", names["key"]),
        *("-o", f"{names['folder']}/s.png"),
    )
    assert code == ExitCode.LOCAL_FILE
    assert "missing" in err


def test_push_and_ping_without_an_identity_point_to_keygen(
    run: Run, secret: Path, cover: Path
) -> None:
    address = f"underpaint://127.0.0.1:1/#{Identity.generate().public_text}"
    failed = as_json(run("ping", "--to", address, "--json"), ExitCode.LOCAL_FILE)
    assert failed["hint"] == "run underpaint keygen"
    assert run("push", secret, "--cover", cover, "--to", address)[0] == ExitCode.LOCAL_FILE


def test_nobody_at_the_address_ends_with_7(run: Run, secret: Path, cover: Path) -> None:
    run("keygen")
    address = f"underpaint://127.0.0.1:1/#{Identity.generate().public_text}"
    failed = as_json(run("ping", "--to", address, "--json"), ExitCode.NO_CONNECTION)
    assert "127.0.0.1:1" in failed["message"]
    code = run("push", secret, "--cover", cover, "--to", address)[0]
    assert code == ExitCode.NO_CONNECTION


@pytest.mark.parametrize("address", ["", "example.org", "http://a/#b", "underpaint://h:1/#nokey"])
def test_a_malformed_address_is_a_usage_error(run: Run, address: str) -> None:
    run("keygen")
    assert run("ping", "--to", address)[0] == ExitCode.USAGE


# help


@pytest.mark.parametrize(
    "command", ["keygen", "hide", "reveal", "capacity", "push", "ping", "demo"]
)
def test_help_shows_an_example(run: Run, command: str) -> None:
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"underpaint {command}" in out.split("Example:")[1]


def test_group_help_lists_every_exit_code(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    for each in ExitCode:
        assert any(
            line.split() == [str(int(each)), *each.meaning.split()] for line in out.splitlines()
        )


def test_version(run: Run) -> None:
    assert run("--version")[1] == f"underpaint, version {__version__}\n"


def test_modes_offered_are_the_modes_there_are() -> None:
    def bare() -> None: ...

    import click

    parameter = click.command()(mode_option(bare)).params[0]
    assert isinstance(parameter.type, click.Choice)
    assert set(parameter.type.choices) == set(Mode)
