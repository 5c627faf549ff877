"""Run the real command line on hostile files, each in a fork with little memory and time.

Reads file names on stdin, one a line; answers each with one line of JSON: for every role the
exit code (or the signal, negative) and what appeared on the error output. Forking a process
that has imported everything costs a hundredth of starting one.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import tempfile
from pathlib import Path

from underpaint_client import api, keys
from underpaint_client.__main__ import main as command
from underpaint_client.cli import hide, reveal
from underpaint_common.pictures import read_picture, write_picture

ADDRESS_SPACE = 1 << 30
SECONDS = 20
IMPORTED = (api, keys, hide, reveal)


def roles(name: str, folder: Path) -> dict[str, list[str]]:
    """Return the command line of each role that a file can play."""
    key = ["--key-file", str(folder / "key")]
    output = ["-o", str(folder / "output.png"), "--force"]
    secret, cover = str(folder / "secret.bin"), str(folder / "cover.png")
    return {
        "cover": ["hide", secret, name, *output, *key],
        "secret": ["hide", name, cover, *output, *key, "--form", "compact"],
        "pixels": ["hide", name, cover, *output, *key, "--mode", "classic"],
        "stego": ["reveal", name, *output, *key],
    }


def run(arguments: list[str], log: Path) -> tuple[int, str]:
    """Return the exit code of a command run in a fork, and its error output."""
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        signal.alarm(SECONDS)
        errors = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(errors, 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.argv = ["underpaint", *arguments]
        code = 1
        try:
            command()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        finally:
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), log.read_text(errors="replace")


def main() -> None:
    """Answer for every file on stdin."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        noise = os.urandom(400 * 400 * 3)
        (folder / "secret.bin").write_bytes(b"a small secret")
        (folder / "cover.ppm").write_bytes(b"P6\n400 400\n255\n" + noise)
        write_picture(read_picture(folder / "cover.ppm"), folder / "cover.png")
        sys.argv = ["underpaint", "keygen", "--shared", str(folder / "key")]
        run(sys.argv[1:], folder / "log")
        for line in sys.stdin:
            name = line.rstrip("\n")
            answers = {
                role: run(arguments, folder / "log")
                for role, arguments in roles(name, folder).items()
            }
            left = sorted(path.name for path in folder.iterdir() if path.name.startswith("."))
            print(json.dumps({"name": name, "answers": answers, "left": left}), flush=True)


if __name__ == "__main__":
    main()
