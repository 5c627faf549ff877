"""Inputs that can be read only once: pipes, devices and standard input."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from underpaint_common.errors import ExitCode

pytestmark = pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs /dev/fd")

TO = "underpaint://h.invalid:1/#upub_deo2srzytnbmjy2g5cs7y43gkadmi37wlbc56zckxtfrkqiux4qawqicyy"


@pytest.fixture
def piped() -> Iterator[Callable[[Path], str]]:
    """Return what names a pipe out of which a file's bytes come once, as `<(cat FILE)` does."""
    writers: list[threading.Thread] = []
    readers: list[int] = []

    def pipe(path: Path) -> str:
        reader, writer = os.pipe()
        readers.append(reader)

        def write() -> None:
            with contextlib.suppress(BrokenPipeError), os.fdopen(writer, "wb") as file:
                file.write(path.read_bytes())

        writers.append(threading.Thread(target=write))
        writers[-1].start()
        return f"/dev/fd/{reader}"

    yield pipe
    for reader in readers:
        os.close(reader)  # which lets a writer go of whom nobody has read
    for writer in writers:
        writer.join()


def test_what_comes_out_of_pipes_is_hidden_checked_and_found(
    run_json: Any, piped: Any, secret: Path, cover: Path, key_file: Path
) -> None:
    made = run_json(
        *("hide", piped(secret), piped(cover), "-o", "stego.png", "--key-file", key_file),
        *("--check", "--mode", "planes"),
    )
    assert made["check"] is not None
    found = run_json("reveal", piped(Path("stego.png")), "-o", "found", "--key-file", key_file)
    assert Path("found").read_bytes() == secret.read_bytes()
    assert found["name"] == "secret.png", "told by its content, as of standard input"


def test_a_pipe_is_inspected_and_measured(
    run_json: Any, piped: Any, secret: Path, cover: Path
) -> None:
    assert run_json("inspect", piped(cover), "--cover", piped(cover))["changes"]["change_rate"] == 0
    room = run_json("capacity", piped(cover), "--secret", piped(secret))
    assert room["secret_bytes"] == secret.stat().st_size


def test_a_cover_out_of_a_pipe_is_known_by_its_bytes_and_still_there_to_be_read(
    piped: Any, cover: Path
) -> None:
    from underpaint_client.cli.output import source
    from underpaint_client.recipe import file_sha256
    from underpaint_client.sources import picture_of

    given = source(piped(cover), max_bytes=1 << 20)
    assert file_sha256(given) == file_sha256(cover)
    assert picture_of(given).samples.shape == picture_of(cover).samples.shape


@pytest.mark.parametrize("command", ["secret", "cover", "reveal", "inspect", "capacity", "push"])
def test_a_device_that_never_ends_is_left_at_the_limit(
    run: Any, command: str, secret: Path, cover: Path, key_file: Path
) -> None:
    key = ("--key-file", key_file)
    words = {
        "secret": ("hide", "/dev/zero", cover, "-o", "s.png", *key),
        "cover": ("hide", secret, "/dev/zero", "-o", "s.png", *key),
        "reveal": ("reveal", "/dev/zero", "-o", "s.png", *key),
        "inspect": ("inspect", "/dev/zero"),
        "capacity": ("capacity", "/dev/zero"),
        "push": ("push", secret, "--cover", "/dev/zero", "--to", TO),
    }[command]
    run("keygen")
    code, _, err = run(*words, "--max-bytes", "1 MiB")
    assert code == ExitCode.UNUSABLE_IMAGE
    assert "/dev/zero holds more than the limit of 1 MiB" in err
    assert "raise the limit" in err
    assert not Path("s.png").exists()


def test_what_is_wrong_with_a_pipe_is_said_of_it(
    run: Any, piped: Any, secret: Path, key_file: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"no image")
    pipe = piped(broken)
    code, _, err = run("hide", secret, pipe, "-o", "s.png", "--key-file", key_file)
    assert code == ExitCode.UNUSABLE_IMAGE
    assert f"{pipe}: this is not an image file" in err


def test_of_several_covers_one_that_never_ends_stops_no_other(run_json: Any, cover: Path) -> None:
    found = run_json("capacity", cover, "/dev/zero", "--max-bytes", "1 MiB", code=10)
    assert [each["cover"] for each in found["covers"]] == [str(cover)]
    assert [each["cover"] for each in found["failed"]] == ["/dev/zero"]
