"""Hostile files in every role, through the real command line, with 1 GiB and 20 s for each.

A seeded sample runs always, all files with UNDERPAINT_HOSTILE=all (`make hostile`).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

CHILD = Path(__file__).with_name("hostile_commands.py")
SAMPLE = 12
EXPECTED = {
    "cover": {0, 2, 5, 6},  # done, not as a PNG, does not fit, not a usable image
    "secret": {0, 5, 6},
    "pixels": {0, 2, 5, 6},  # and: these pixels cannot travel
    "stego": {3, 6},  # nothing found, not a usable image
}
FORBIDDEN = ("Traceback", "Warning", "fault of our own", "warnings.warn")
pytestmark = pytest.mark.end_to_end


def chosen(shared: Path) -> list[Path]:
    files = sorted(path for path in (shared / "images" / "hostile").rglob("*") if path.is_file())
    if os.environ.get("UNDERPAINT_HOSTILE") == "all":
        return files
    order = np.random.default_rng(3).permutation(len(files))[:SAMPLE]
    return [files[index] for index in order]


def test_no_file_in_any_role_gets_more_than_an_answer_or_an_error(shared: Path) -> None:
    pytest.importorskip("resource", reason="address space can be limited on POSIX systems only")
    files = chosen(shared)
    done = subprocess.run(
        [sys.executable, "-W", "default", CHILD],
        input="".join(f"{path}\n" for path in files),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60 + 20 * len(files),
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(files)
    complaints = [complaint for line in lines for complaint in complaints_about(line)]
    assert complaints == []
    tally = Counter((role, code) for line in lines for role, (code, _) in line["answers"].items())
    print(dict(sorted(tally.items())))


def complaints_about(line: dict[str, Any]) -> list[str]:
    """Return what is wrong with the answers about one file."""
    found = [f"{line['name']}: left behind: {line['left']}"] if line["left"] else []
    for role, (code, errors) in line["answers"].items():
        right = code in EXPECTED[role] and not any(word in errors for word in FORBIDDEN)
        if not right or (code != 0 and errors.count("error:") != 1):
            found.append(f"{line['name']} as {role}: {code}: {errors}")
    return found
