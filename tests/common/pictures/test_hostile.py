"""Malformed and extreme files, in a child with 1 GiB of address space and 20 s for each.

An answer or one of our errors: no traceback, no crash, no hang, nothing on the screen. A
sample runs always; all files run with UNDERPAINT_HOSTILE=all.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

CHILD = Path(__file__).with_name("hostile_child.py")
SECONDS_A_FILE = 20
SAMPLE = 40


def files_of(shared: Path) -> list[Path]:
    files = sorted(path for path in (shared / "images" / "hostile").rglob("*") if path.is_file())
    if os.environ.get("UNDERPAINT_HOSTILE") == "all":
        return files
    chosen = np.random.default_rng(976).permutation(len(files))[:SAMPLE]
    return [files[index] for index in chosen]


def test_every_hostile_file_gets_an_answer_or_our_error(shared: Path) -> None:
    pytest.importorskip("resource", reason="address space can be limited on POSIX systems only")
    files = files_of(shared)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONWARNINGS": "default",
    }
    done = subprocess.run(
        [sys.executable, CHILD],
        input="".join(f"{path}\n" for path in files),
        env=environment,
        capture_output=True,
        text=True,
        timeout=60 + SECONDS_A_FILE * len(files),
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    answers = [line for line in lines if "answer" in line]
    assert done.returncode == 0, f"died at {lines[-1:]}: {done.stderr[-2000:]}"
    assert done.stderr == ""
    assert len(answers) == len(files)
    assert {line["answer"] for line in answers} <= {"read", "UnusableImage"}
    slow = [line for line in answers if line["seconds"] > SECONDS_A_FILE]
    assert not slow
    print(Counter(line["answer"] for line in answers))
