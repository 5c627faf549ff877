"""The set-up of `.venv`, run from the very environment that it makes anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[2] / "tools" / "environment.py"


def test_what_runs_in_the_environment_can_make_it_anew(tmp_path: Path) -> None:
    activated = tmp_path / "venv"
    command = [sys.executable, "-m", "venv", "--without-pip", activated]
    subprocess.run(command, check=True)
    code = (
        "import runpy, shutil, subprocess, sys\n"
        f"python = runpy.run_path({str(TOOL)!r})['interpreter']()\n"
        f"shutil.rmtree({str(activated)!r})\n"
        "subprocess.run([python, '-c', 'import sys; print(sys.prefix)'], check=True)\n"
    )
    python = activated / "bin" / "python"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()) != activated
