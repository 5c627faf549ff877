"""`make fuzz SECONDS=...`: `python -m tests.fuzz SECONDS [TARGET ...]`, each target for so long."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys

from tests.fuzz.driving import drive_by_atheris, drive_by_hypothesis, has_atheris

ALONE = "--alone"


def main() -> int:
    """Run targets in processes of their own, one after another; count those with findings."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("seconds", type=float)
    parser.add_argument("target", nargs="*")
    parser.add_argument(ALONE, action="store_true", help="in this process, one target")
    options = parser.parse_args()
    if options.alone:
        return alone(options.target[0], options.seconds)
    from tests.fuzz.targets import targets

    guide = "atheris" if has_atheris() else "hypothesis (pip install atheris for guidance)"
    print(f"inputs by {guide}", flush=True)
    findings = [name for name in options.target or targets() if not clean(name, options.seconds)]
    print(f"findings: {', '.join(findings) or 'none'}")
    return len(findings)


def alone(name: str, seconds: float) -> int:
    """Feed one target; the modules under test are instrumented where atheris is there."""
    if not has_atheris():
        from tests.fuzz.targets import targets

        print(f"{drive_by_hypothesis(targets()[name], seconds)} runs")
        return 0
    import atheris

    with atheris.instrument_imports(include=["underpaint_common"]):
        from tests.fuzz.targets import targets
    drive_by_atheris(targets()[name], seconds)
    return 0


def clean(name: str, seconds: float) -> bool:
    """Run one target and tell whether it found nothing; show what it found."""
    command = [sys.executable, "-m", "tests.fuzz", str(seconds), name, ALONE]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    said = done.stdout + done.stderr
    runs = re.findall(r"(\d+) runs|number_of_executed_units: (\d+)", said)
    count = next((int(a or b) for a, b in reversed(runs)), 0)
    print(f"{name:10} {count:9,} inputs  {'clean' if done.returncode == 0 else 'FINDING'}")
    if done.returncode:
        print(said[-4000:], flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
