"""See that everything an installed Underpaint needs comes as a wheel for other platforms, too.

pip is asked for the locked packages, hashes and all, as a machine of each kind would be; nothing is
installed. The image is built for two platforms from just these files.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.13")
MACHINES = {
    "linux/amd64": ("x86_64", ("manylinux2014", "manylinux_2_27", "manylinux_2_28")),
    "linux/arm64": ("aarch64", ("manylinux2014", "manylinux_2_27", "manylinux_2_28")),
}


def download(machine: str, generations: tuple[str, ...], python: str, folder: str) -> None:
    """Fetch every locked wheel for one kind of machine."""
    platforms = [f"--platform={each}_{machine}" for each in generations]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    only = ["--only-binary=:all:", "--require-hashes", f"--python-version={python}"]
    lock = PROJECT / "requirements" / "runtime.txt"
    subprocess.run([*command, *only, *platforms, "-d", folder, "-r", str(lock)], check=True)


def main() -> None:
    """Try every kind of machine with the oldest and the newest Python."""
    for name, (machine, generations) in MACHINES.items():
        for python in PYTHONS:
            with tempfile.TemporaryDirectory() as folder:
                download(machine, generations, python, folder)
                wheels = list(Path(folder).glob("*.whl"))
                size = sum(wheel.stat().st_size for wheel in wheels)
            print(f"{name}, Python {python}: {len(wheels)} wheels, {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
