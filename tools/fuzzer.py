"""Add atheris, which guides fuzzing by coverage, to `.venv` where there is a build of it.

Nothing depends on it: where it cannot be had, this says so and `make fuzz` goes on without it.
"""

import importlib.util
import pathlib
import subprocess
import sys

PROJECT = pathlib.Path(__file__).resolve().parent.parent


def main() -> None:
    """Install what requirements/fuzzing.txt locks, unless it is there."""
    if importlib.util.find_spec("atheris") is not None:
        return
    lock = PROJECT / "requirements" / "fuzzing.txt"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    command = [*pip, "--only-binary=:all:", "--require-hashes", "-r", str(lock)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print("no build of atheris for this Python is in reach: fuzzing without guidance")


if __name__ == "__main__":
    main()
