"""Make the project's own environment, `.venv`, from a lock: `environment.py runtime|development`.

Runs on any Python 3, so that one that is too old is told so in a sentence. What was set up is
written down last: a set-up that was interrupted, or whose lock changed, starts again.
"""

import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

PROJECT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("common", "client", "server")
KINDS = ("runtime", "development")


def stop(sentence):
    """End with one sentence that says what is missing or out of reach."""
    sys.exit("underpaint set-up: " + sentence)


def check_python():
    """Refuse a Python that cannot do it, naming what is missing."""
    if sys.version_info < (3, 11):  # noqa: UP036 -- this script also runs on what is too old
        stop("Python 3.11 or later is needed, this is %d.%d" % sys.version_info[:2])  # noqa: UP031 -- as above
    try:
        import ensurepip  # noqa: F401 -- Debian ships venv without it
        import venv  # noqa: F401 -- as above
    except ImportError:
        stop("Python's venv module is missing (on Debian: apt install python3-venv)")


def lock_of(kind):
    """Return the path of the lock of a kind."""
    return PROJECT / "requirements" / (kind + ".txt")


def wanted(kind):
    """Return what the stamp of a finished set-up says."""
    digest = hashlib.sha256(lock_of(kind).read_bytes()).hexdigest()
    return {"kind": kind, "lock": digest, "python": sys.version, "project": str(PROJECT)}


def is_ready(stamp, kind):
    """Tell whether the environment already serves: the same kind, or more than asked for."""
    try:
        found = json.loads(stamp.read_text())
    except (OSError, ValueError):
        return False
    return any(found == wanted(each) for each in KINDS[KINDS.index(kind) :])


def run(arguments, failure):
    """Run a command quietly; on failure show the end of what it said, then the sentence."""
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        errors = [line for line in lines if line.startswith("ERROR")] or lines
        stop(failure + ": " + (errors[-1] if errors else "no reason given"))


def interpreter():
    """Return the Python beneath the environment that this runs in: what runs may be removed."""
    return getattr(sys, "_base_executable", None) or sys.executable


def install(venv, kind):
    """Fill a new environment from the lock, then add the project itself."""
    python = str(venv / "bin" / "python")
    run([interpreter(), "-m", "venv", str(venv)], "the environment could not be made")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    run(
        [*pip, "--require-hashes", "--prefer-binary", "-r", str(lock_of(kind))],
        "the locked packages could not be installed (is the package index in reach?)",
    )
    if kind == "development":
        editable = ["--no-deps", "--no-build-isolation", "--editable", str(PROJECT)]
        run([*pip, *editable], "the project could not be installed")
        return
    site = "import sysconfig; print(sysconfig.get_path('purelib'))"
    where = subprocess.run([python, "-c", site], capture_output=True, text=True, check=True)
    paths = "".join(str(PROJECT / folder) + "\n" for folder in FOLDERS)
    pathlib.Path(where.stdout.strip(), "underpaint.pth").write_text(paths)


def main():
    """Set up the kind that is asked for, in `.venv` or in the folder given after it."""
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in KINDS:
        stop("usage: environment.py runtime|development [FOLDER]")
    check_python()
    kind = sys.argv[1]
    venv = pathlib.Path(sys.argv[2] if len(sys.argv) == 3 else PROJECT / ".venv").resolve()
    stamp = venv / "underpaint-setup.json"
    if is_ready(stamp, kind):
        return
    print("setting up %s from requirements/%s.txt ..." % (venv.name, kind), file=sys.stderr)  # noqa: UP031 -- older Pythons read this file too
    shutil.rmtree(venv, ignore_errors=True)
    install(venv, kind)
    stamp.write_text(json.dumps(wanted(kind)))


if __name__ == "__main__":
    main()
