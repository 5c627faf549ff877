"""Every exit code of the table, reached by a real command that really fails in that way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.signalling import interrupted

from underpaint_client.demo.daemon import daemon
from underpaint_common.errors import ExitCode

pytestmark = pytest.mark.end_to_end


def hide(world: Any, *more: object, what: str = "secret.png") -> Any:
    if not (world.folder / "shared.key").exists():
        assert world.client("keygen", "--shared", "shared.key").code == 0
    command = ("hide", what, "cover.png", "-o", "stego.png", "--key-file", "shared.key")
    return world.client(*command, *more)


def done(world: Any) -> Any:
    return hide(world)


def fault(world: Any) -> Any:
    """A library that is broken: nothing that a user's input could do, so an accident of ours."""
    broken = world.folder / "broken" / "PIL"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise RuntimeError('broken installation')\n")
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(broken.parent)
    try:
        return hide(world)
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before


def usage(world: Any) -> Any:
    return hide(world, "--planes", "9")


def nothing_found(world: Any) -> Any:
    hide(world)
    return world.client("reveal", "cover.png", "--key-file", "shared.key", "-o", "out")


def damaged(world: Any) -> Any:
    """Change a few pixels, elsewhere each time, until header and salt are not among them."""
    hide(world)
    with Image.open(world.folder / "stego.png") as image:
        samples = np.asarray(image)
    result = None
    for row in range(0, samples.shape[0], 40):
        changed = samples.copy()
        changed[row, :20] ^= 1
        Image.fromarray(changed).save(world.folder / "changed.png")
        result = world.client("reveal", "changed.png", "--key-file", "shared.key", "-o", "out")
        if result.code == ExitCode.DAMAGED:
            break
    return result


def does_not_fit(world: Any) -> Any:
    (world.folder / "large").write_bytes(np.random.default_rng(1).bytes(1 << 20))
    return hide(world, what="large")


def unusable_image(world: Any) -> Any:
    hide(world)
    (world.folder / "words.png").write_text("not a picture")
    return world.client("reveal", "words.png", "--key-file", "shared.key", "-o", "out")


def no_connection(world: Any) -> Any:
    key = world.client("keygen", "--json").json["public_key"]
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    return world.client("ping", "--to", f"underpaint://127.0.0.1:{port}/#{key}")


def refused(world: Any) -> Any:
    key = world.client("keygen", "--json").json["public_key"]
    assert world.run("underpaint_server", "init", world.folder / "server").code == 0
    assert world.server("allow", "alice", key).code == 0
    text = world.config.read_text().replace("upload_bytes: 256 MiB", "upload_bytes: 1 kB")
    world.config.write_text(text)
    with daemon(world.config) as running:
        return world.client("push", "secret.png", "--cover", "cover.png", "--to", running.address)


def local_file(world: Any) -> Any:
    hide(world)
    return hide(world)


def some_failed(world: Any) -> Any:
    (world.folder / "words.png").write_text("not a picture")
    return world.client("capacity", "cover.png", "words.png")


WAYS: dict[ExitCode, Callable[[Any], Any]] = {
    ExitCode.DONE: done,
    ExitCode.FAULT: fault,
    ExitCode.USAGE: usage,
    ExitCode.NOTHING_FOUND: nothing_found,
    ExitCode.DAMAGED: damaged,
    ExitCode.DOES_NOT_FIT: does_not_fit,
    ExitCode.UNUSABLE_IMAGE: unusable_image,
    ExitCode.NO_CONNECTION: no_connection,
    ExitCode.REFUSED: refused,
    ExitCode.LOCAL_FILE: local_file,
    ExitCode.SOME_FAILED: some_failed,
}
FILES = {  # which file the message names
    ExitCode.NOTHING_FOUND: "cover.png",
    ExitCode.DAMAGED: "changed.png",
    ExitCode.DOES_NOT_FIT: "large in cover.png",
    ExitCode.UNUSABLE_IMAGE: "words.png",
    ExitCode.LOCAL_FILE: "stego.png",
}


@pytest.mark.parametrize("code", WAYS, ids=lambda code: code.name.lower())
def test_the_code_is_reached_and_the_error_tells_what_to_do(bare: Any, code: ExitCode) -> None:
    result = WAYS[code](bare)
    assert result.code == code, result.err
    if code in (ExitCode.DONE, ExitCode.SOME_FAILED):
        return
    error, hint = result.err.splitlines()[-2:]
    assert error.startswith("underpaint: error: ")
    assert FILES.get(code, "") in error
    assert hint.startswith("hint: ")
    assert not list(bare.folder.glob("out*"))


@pytest.mark.skipif(sys.platform == "win32", reason="these signals are of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_is_a_code_too(bare: Any, number: int) -> None:
    fifo = bare.folder / "slow.png"
    os.mkfifo(fifo)
    assert bare.client("keygen", "--shared", "shared.key").code == 0
    before = sorted(bare.folder.iterdir())
    command = ["hide", "secret.png", "slow.png", "-o", "stego.png", "--key-file", "shared.key"]
    with (
        subprocess.Popen(
            [sys.executable, "-m", "underpaint_client", *command, "--json"],
            cwd=bare.folder,
            env=bare.environment,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
        fifo.open("wb"),
    ):  # opens as soon as the command reads its cover
        out, _ = interrupted(process, number)
    assert process.returncode == ExitCode.INTERRUPTED
    assert '"error": "interrupted"' in out
    assert sorted(bare.folder.iterdir()) == before


def test_the_table_is_complete() -> None:
    assert set(WAYS) | {ExitCode.INTERRUPTED} == set(ExitCode)


def test_the_daemons_commands_have_the_same_codes(bare: Any) -> None:
    folder = bare.folder / "server"
    init = ("underpaint_server", "init", folder)
    assert bare.run(*init).code == ExitCode.DONE
    assert bare.run(*init).code == ExitCode.LOCAL_FILE
    assert bare.run("underpaint_server", "int").code == ExitCode.USAGE
    stray = Path(folder / "state" / "inbox" / "alice")
    stray.mkdir()
    (stray / "stray.png").write_text("not received")
    assert bare.server("verify").code == ExitCode.SOME_FAILED
