"""Build the wheel, install it in an empty environment outside the tree, run end-to-end tests on it.

A project that uses the library is type-checked against it first. The tests are run from a copy
without the sources beside them, so that what is tested is what people install: a file that the
wheel forgot fails here. Arguments are handed on to pytest.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PROJECT = pathlib.Path(__file__).resolve().parent.parent


def run(*command: str | pathlib.Path, cwd: pathlib.Path = PROJECT) -> None:
    """Run a command that must succeed."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    env.setdefault("UNDERPAINT_SHARED", str(PROJECT.parent / "shared"))
    subprocess.run([str(part) for part in command], cwd=cwd, env=env, check=True)


def build(folder: pathlib.Path) -> pathlib.Path:
    """Return the path of a freshly built wheel."""
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def uninstall(python: pathlib.Path, folder: pathlib.Path) -> None:
    """Uninstall the wheel, and see that what it brought is gone and what a server keeps is not."""
    server, home = folder / "server", folder / "venv"
    run(python.with_name("underpaintd"), "init", server)
    kept = sorted(server.rglob("*"))
    run(
        python,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--quiet",
        "uninstall",
        "-y",
        "underpaint",
    )
    left = [path for path in home.rglob("*") if "underpaint" in path.name]
    if left or sorted(server.rglob("*")) != kept or not kept:
        raise SystemExit(f"uninstalling left or took too much: {left}")


def main() -> None:
    """Build, install and test in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="underpaint-wheel-") as temporary:
        folder = pathlib.Path(temporary)
        wheel = build(folder / "dist")
        run(sys.executable, "-m", "venv", folder / "venv")
        python = folder / "venv" / "bin" / "python"
        pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        run(*pip, "--require-hashes", "-r", PROJECT / "requirements" / "runtime.txt")
        run(*pip, "--no-deps", wheel)
        # pytest and hypothesis come from the development lock too, hashes and all.
        run(*pip, "--require-hashes", "-r", PROJECT / "requirements" / "development.txt")
        shutil.copytree(PROJECT / "tests", folder / "tests")
        shutil.copytree(PROJECT / "docs", folder / "docs")
        shutil.copytree(PROJECT / "config", folder / "config")
        shutil.copy(PROJECT / "README.md", folder)
        shutil.copy(PROJECT / "pyproject.toml", folder)
        run(python, "-m", "mypy", cwd=folder / "tests" / "consumer")
        run(python, "-m", "pytest", "-q", *sys.argv[1:], "tests/end_to_end", cwd=folder)
        uninstall(python, folder)
        print(
            f"{wheel.name}: a consumer type-checks and the end-to-end tests pass against it; "
            "uninstalled, it leaves a server's folder and nothing else"
        )


if __name__ == "__main__":
    main()
