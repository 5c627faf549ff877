"""The image by itself: what is in it, who runs it, how it starts and ends."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.docker.engine import docker, wait_for

TAG = "underpaint-test"
HARDENED = ("--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL")  # noqa: S108 - the container's
LAYER = "{{.Size}} {{.CreatedBy}}"
FORBIDDEN = """
find /opt/underpaint /root /home /var/lib/underpaint '(' -name '*.whl' -o -name pip \\
    -o -name 'pip-*' -o -name 'hatchling*' -o -name .cache ')' 2>/dev/null
find /usr/bin /usr/local/bin '(' -name gcc -o -name cc -o -name make -o -name rustc ')'
"""


def build(project: Path) -> str:
    """Build the image as the operator does; return its tag."""
    base = os.environ.get("BASE_IMAGE")
    arguments = ["--build-arg", f"BASE_IMAGE={base}"] if base else []
    options = shlex.split(os.environ.get("DOCKER_BUILD_OPTIONS", ""))
    command = ["docker", "build", "--quiet", *options, *arguments, "-t", TAG, str(project)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return TAG


def check(tag: str) -> Iterator[str]:
    """Yield a sentence for each thing that was seen to be so."""
    details = json.loads(docker("image", "inspect", tag))[0]
    layers = docker("history", "--no-trunc", "--human=false", "--format", LAYER, tag)
    ours = sum(int(line.split()[0]) for line in layers.splitlines() if "underpaint" in line)
    yield f"{details['Size'] / 1e6:.0f} MB, of which {ours / 1e6:.0f} MB are ours"

    script = ("run", "--rm", "--entrypoint", "sh", tag, "-c")
    assert docker(*script, "id -u").strip() == "7741"
    assert (
        docker(*script, "touch /opt/underpaint/x /usr/x; ls /opt/underpaint/x", check=False) == ""
    )
    found = docker(*script, FORBIDDEN, check=False).split()
    assert not found, found
    yield "an unprivileged user, no build tools, no caches"

    for words, expected in (
        (("push", "--help"), "Usage: underpaint push"),
        (("list", "--help"), "Usage: underpaintd list"),
        (("underpaintd", "--version"), "underpaintd "),
        (("--version",), "underpaint"),
    ):
        assert docker("run", "--rm", *HARDENED, tag, *words).startswith(expected), words
    yield "push, list and so on run the right command"
    yield _life_of_a_daemon(tag)


def _life_of_a_daemon(tag: str) -> str:
    container = docker("run", "-d", *HARDENED, tag).strip()
    try:

        def status() -> str:
            return docker("inspect", "-f", "{{.State.Health.Status}}", container).strip()

        seconds = wait_for("a healthy daemon", lambda: status() == "healthy")
        assert docker("exec", container, "cat", "/proc/1/cmdline").endswith("underpaintd\0serve\0")
        started = time.monotonic()
        docker("stop", "--time", "30", container)
        stopping = time.monotonic() - started
        code = docker("inspect", "-f", "{{.State.ExitCode}}", container).strip()
        assert code == "0", docker("logs", container)
    finally:
        docker("rm", "-f", "-v", container)
    return (
        f"a first start on a read-only root is healthy after {seconds:.0f} s; SIGTERM ends it "
        f"with 0 in {stopping:.1f} s"
    )
