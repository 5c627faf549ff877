"""The command as a process: start-up, pipes, a full disk, and Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.signalling import interrupted

from underpaint_common.errors import ExitCode

UNDERPAINT = [sys.executable, "-m", "underpaint_client"]


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['underpaint', '--help']\n"
        "from underpaint_client.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'PIL', 'Crypto', 'rich', 'msgspec', 'asyncio', 'isal'}\n"
        "sys.exit(sorted(heavy & set(sys.modules)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_went_away_leaves_no_traceback(
    secret: Path, cover: Path, key_file: Path
) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    command = [*UNDERPAINT, "hide", secret, cover, "-o", "-", "--key-file", key_file]
    done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, text=True)
    os.close(write_end)
    assert done.returncode == ExitCode.LOCAL_FILE
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="closing a stream in a shell")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_leaves_no_traceback(cover: Path, closed: str) -> None:
    in_shell = ["sh", "-c", f'"$@" {closed}', "sh", *UNDERPAINT, "capacity", str(cover)]
    done = subprocess.run(in_shell, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    assert "ignored" not in done.stderr
    if ">&-" not in closed.replace("2>&-", ""):
        assert (done.returncode, done.stderr) == (ExitCode.DONE, "")
    else:
        assert done.returncode == ExitCode.LOCAL_FILE
        assert "2>&-" in closed or "standard output" in done.stderr.splitlines()[0]
    wrong = subprocess.run([*in_shell, "--wrong"], capture_output=True, text=True)
    assert wrong.returncode == ExitCode.USAGE
    assert "Traceback" not in wrong.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("to", [">/dev/full", ">&-"])
def test_what_cannot_be_printed_is_no_success(
    secret: Path, cover: Path, key_file: Path, tmp_path: Path, to: str
) -> None:
    stego, key = tmp_path / "s.png", ("--key-file", str(key_file))
    hide = [*UNDERPAINT, "hide", str(secret), str(cover), "-o", str(stego), *key]
    assert subprocess.run([*hide, "--mode", "planes"], capture_output=True).returncode == 0
    for command in (
        ("reveal", str(stego), "-o", "-", *key),
        ("config", "--json"),
        ("config", "path"),
        ("reveal", "missing.png", "--json"),
        ("--version",),
    ):
        in_shell = ["sh", "-c", f'"$@" {to}', "sh", *UNDERPAINT, *command]
        done = subprocess.run(in_shell, capture_output=True, text=True)
        assert done.returncode == ExitCode.LOCAL_FILE, command
        words = "missing.png" if "missing.png" in command else "standard output"
        assert words in done.stderr.splitlines()[0]
        assert done.stderr.splitlines()[1].startswith("hint: ")
        assert len(done.stderr.splitlines()) == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_told(secret: Path, cover: Path, key_file: Path) -> None:
    command = [*UNDERPAINT, "hide", secret, cover, "-o", "-", "--key-file", key_file]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == ExitCode.LOCAL_FILE
    assert "no space left" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="a file name may be any bytes")
@pytest.mark.parametrize("encoding", ["utf-8:strict", "latin-1:strict", "ascii:strict"])
def test_names_that_are_no_text_are_printed(
    cover: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    folder = os.fsencode(tmp_path) + b"/\xff\xc3\xa9\x1b[2J\xc2\x9b2J\nhint: be nasty"
    Path(os.fsdecode(folder)).mkdir()
    image, page = folder + b"/a.png", folder + b"/report.html"
    shutil.copy(os.fsencode(cover), image)

    def output(*words: bytes | str) -> tuple[bytes, bytes]:
        done = subprocess.run([*UNDERPAINT, *words], capture_output=True)
        assert done.returncode in (ExitCode.DONE, ExitCode.LOCAL_FILE), done
        said = done.stderr.splitlines()
        assert not [line for line in said if line.startswith(b"hint: be nasty")]
        assert b"\x1b" not in done.stderr
        return done.stdout, done.stderr

    (shown,) = json.loads(output("capacity", image, "--json")[0])["covers"]
    assert os.fsencode(shown["cover"]) == image
    assert b"\x1b" not in output("capacity", image, image, folder)[0]
    assert json.loads(output("inspect", image, "-o", page, "--json")[0])["report"]
    assert b"\x1b" not in output("inspect", image)[0]
    output("inspect", image + b".missing")
    monkeypatch.setenv("UNDERPAINT_CONFIG", os.fsdecode(folder + b"/client.yaml"))
    assert output("config", "path")[0] == folder + b"/client.yaml\n"


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are of POSIX")
def test_a_disk_that_fills_up_leaves_no_file(
    secret: Path, cover: Path, key_file: Path, tmp_path: Path
) -> None:
    limited = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "from underpaint_client.__main__ import main\n"
        "main()\n"
    )
    before = sorted(tmp_path.iterdir())
    done = subprocess.run(
        [
            *(sys.executable, "-c", limited, "hide", secret, cover),
            *("-o", tmp_path / "s.png", "--key-file", key_file),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == ExitCode.LOCAL_FILE, done.stderr
    assert "s.png" in done.stderr
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT is of POSIX")
def test_ctrl_c_ends_with_130_and_leaves_no_file(
    secret: Path, key_file: Path, tmp_path: Path
) -> None:
    fifo = tmp_path / "cover.png"
    os.mkfifo(fifo)
    before = sorted(tmp_path.iterdir())
    process = subprocess.Popen(
        [*UNDERPAINT, "hide", secret, fifo, "-o", tmp_path / "s.png", "--key-file", key_file],
        stderr=subprocess.PIPE,
        text=True,
    )
    with fifo.open("wb"):  # opens as soon as the command reads its cover
        _, err = interrupted(process)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "Traceback" not in err
    assert sorted(tmp_path.iterdir()) == before
