"""Renew all locks: the newest versions that pyproject.toml admits, hashed, for all platforms."""

import pathlib
import subprocess
import sys
import tomllib

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


def lock(name: str, *source: str, stdin: str = "") -> None:
    """Write one lock."""
    output = f"requirements/{name}.txt"
    command = [sys.executable, "-m", "uv", "pip", "compile", *source, *OPTIONS, "-o", output]
    subprocess.run(command, cwd=PROJECT, check=True, input=stdin, text=True)
    print(f"wrote {output}")


def build_requirements() -> str:
    """Return what building a wheel needs, a line each."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    return "\n".join(project["build-system"]["requires"])


if __name__ == "__main__":
    lock("runtime", "pyproject.toml")
    lock("development", "pyproject.toml", "--group", "dev")
    lock("fuzzing", "--group", "pyproject.toml:fuzz")
    lock("build", "-", "--constraint", "requirements/development.txt", stdin=build_requirements())
