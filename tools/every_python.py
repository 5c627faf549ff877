"""Run the quick tests on every Python 3.11+ of this machine, each in an environment of its own.

Arguments are handed on to pytest.
"""

import os
import pathlib
import re
import subprocess
import sys

PROJECT = pathlib.Path(__file__).resolve().parent.parent
QUICK = ["-q", "-m", "not end_to_end", "-p", "no:cacheprovider"]


def candidates() -> list[pathlib.Path]:
    """Return whatever on this machine is named like a Python 3.11 or later."""
    folders = [pathlib.Path(folder) for folder in os.get_exec_path()]
    versions = pathlib.Path(
        os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv"), "versions"
    )
    folders += sorted(versions.glob("3.*/bin"))
    named = re.compile(r"python3\.(1[1-9]|[2-9]\d)$")
    return [
        each
        for folder in folders
        if folder.is_dir()
        for each in sorted(folder.iterdir())
        if named.fullmatch(each.name)
    ]


def interpreters() -> dict[str, pathlib.Path]:
    """Return one interpreter a minor version: those that run and have venv, but not our own."""
    probe = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    found: dict[str, pathlib.Path] = {}
    for path in candidates():
        done = subprocess.run([path, "-c", probe], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            found.setdefault(done.stdout.strip(), path)
    found.pop("{}.{}".format(*sys.version_info[:2]), None)
    return found


def main() -> int:
    """Return 0 when the tests pass everywhere."""
    others = interpreters()
    ours = "{}.{}".format(*sys.version_info[:2])
    print(f"quick tests: {ours} runs them in make test; here: {', '.join(others) or 'no other'}")
    for version, python in others.items():
        folder = PROJECT / ".venvs" / version
        setup = [str(python), str(PROJECT / "tools" / "environment.py"), "development", str(folder)]
        subprocess.run(setup, check=True)
        tests = [str(folder / "bin" / "python"), "-m", "pytest", *QUICK, *sys.argv[1:]]
        print(f"--- Python {version}", flush=True)
        if subprocess.run(tests, cwd=PROJECT, check=False).returncode:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
