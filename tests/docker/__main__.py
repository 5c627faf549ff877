"""`make docker-test`: build the image, run two nodes, kill one, restart both, look at everything.

Environment: BASE_IMAGE, the base image; DOCKER_BUILD_OPTIONS, more words for `docker build`;
COMPOSE, the Compose command; DOCKER_HOST or Docker's own context, the engine. Ends with exit
code 1 and a sentence where no engine or no Compose answers: nothing was tested then.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docker import image, nodes
from tests.docker.engine import Project, compose_command, engine_answers

PROJECT = Path(__file__).resolve().parents[2]


@contextmanager
def project(compose: list[str], tag: str) -> Iterator[Project]:
    """Start from an empty folder of somebody's, and leave nothing of it behind."""
    with tempfile.TemporaryDirectory(prefix="underpaint-docker-") as temporary:
        folder = Path(temporary)
        (folder / "docker-compose.yml").write_text((PROJECT / "docker-compose.yml").read_text())
        if os.geteuid() == 0:
            os.chown(folder, nodes.SOMEBODY, nodes.SOMEBODY)
        folder.chmod(0o755)
        made = Project(compose, f"underpaint-test-{secrets.token_hex(4)}", folder, tag)
        try:
            yield made
        except BaseException:
            print(made.run("logs", "--no-color", "--tail", "40", check=False), file=sys.stderr)
            raise
        finally:
            made.run("down", "-v", "--remove-orphans", check=False)


def main() -> None:
    """Do all of it; end with an error at the first thing that is not as it should be."""
    compose = compose_command()
    if not engine_answers():
        raise SystemExit(
            "docker-test: no Docker engine answers (is it running, is DOCKER_HOST right?); "
            "nothing was tested"
        )
    if compose is None:
        raise SystemExit("docker-test: there is no Docker Compose here; nothing was tested")
    started = time.monotonic()
    tag = image.build(PROJECT)
    for sentence in image.check(tag):
        print(f"image: {sentence}", flush=True)
    with project(compose, tag) as made:
        for sentence in nodes.check(made):
            print(f"nodes: {sentence}", flush=True)
    print(f"done in {time.monotonic() - started:.0f} s with {' '.join(compose)}")


if __name__ == "__main__":
    main()
