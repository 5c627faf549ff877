"""Renew the locks: the newest versions that pyproject.toml admits, hashed, for all platforms."""

import pathlib
import subprocess
import sys

PROJECT = pathlib.Path(__file__).resolve().parent.parent
OPTIONS = [
    "--universal",
    "--generate-hashes",
    "--no-emit-index-url",
    "--python-version=3.11",
    "--upgrade",
    "--quiet",
    "--custom-compile-command=make lock",
]


def lock(name: str, *what: str) -> None:
    """Write one lock."""
    output = f"requirements/{name}.txt"
    command = [sys.executable, "-m", "uv", "pip", "compile"]
    subprocess.run([*command, *what, *OPTIONS, "-o", output], cwd=PROJECT, check=True)
    print(f"wrote {output}")


if __name__ == "__main__":
    lock("runtime", "pyproject.toml")
    lock("development", "pyproject.toml", "--group", "dev")
    lock("fuzzing", "--group", "pyproject.toml:fuzz")
