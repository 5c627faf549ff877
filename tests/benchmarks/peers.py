"""Hide and reveal of a 12-megapixel cover as whole processes, ours and peers' in turns."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measuring import ProcessCost, process_cost
from tests.benchmarks.tables import markdown, publish

PROJECT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("stego-lsb==1.7.3", "stegano==3.0.0", "stegpy==0.2.0")
SECRET_BYTES = 291_000
ROUNDS = 3
Command = Callable[[Path, Path], list[str | Path]]


@dataclass(frozen=True, slots=True)
class Tool:
    """One way to hide `secret.png` in `cover.png` and to get it back, in a folder of its own."""

    name: str
    hide: list[str | Path]
    reveal: list[str | Path]
    result: str


def main() -> None:
    """Measure whole processes and compare what comes out with what went in."""
    with tempfile.TemporaryDirectory(prefix="underpaint-bench-") as temporary:
        folder = Path(temporary)
        _make_images(folder)
        costs = {tool.name: _costs(tool, folder) for tool in (*_ours(), *_peers())}
    ours = costs["underpaint, key file"]
    rows = [_row(name, hide, reveal, ours) for name, (hide, reveal) in costs.items()]
    columns = ("tool", "hide cpu-s", "ours is faster", "peak MB", "reveal cpu-s",
               "ours is faster", "peak MB")  # fmt: skip
    title = f"Whole processes on one core: 12 MP RGB PNG cover, {SECRET_BYTES:,} byte secret"
    publish("peers", markdown(title, columns, rows))


def _make_images(folder: Path) -> None:
    """Write the demo's landscape as the cover, and noise of a fixed size as the secret."""
    script = (
        "import numpy as np, pathlib\n"
        "from underpaint_client.demo.landscape import landscape\n"
        "from underpaint_common.pictures import picture_from_array, write_picture\n"
        "write_picture(picture_from_array(landscape()), pathlib.Path('cover.png'))\n"
        f"noise = np.random.default_rng(1).bytes({SECRET_BYTES})\n"
        "pathlib.Path('secret.png').write_bytes(noise)\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=folder, check=True)
    keygen = [sys.executable, "-m", "underpaint_client", "keygen", "--shared", "key"]
    subprocess.run(keygen, cwd=folder, check=True, capture_output=True)


def _ours() -> list[Tool]:
    command: list[str | Path] = [sys.executable, "-m", "underpaint_client"]
    cover = ["../secret.png", "../cover.png", "-o", "stego.png"]
    key = ["--key-file", "../key"]
    return [
        Tool(
            "underpaint, key file",
            [*command, "hide", *cover, *key],
            [*command, "reveal", "stego.png", "-o", "out.png", *key],
            "out.png",
        )
    ]


def _peers() -> list[Tool]:
    """Return the peers, installed from the registry into a folder of their own."""
    folder = PROJECT / ".venvs" / "peers"
    if not (folder / "bin" / "stegolsb").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [folder / "bin" / "python", "-m", "pip", "--quiet", "install", *PACKAGES]
        subprocess.run(pip, check=True)
    programs = folder / "bin"
    lsb: list[str | Path] = [programs / "stegolsb", "steglsb"]
    stegano = programs / "stegano-lsb"
    return [
        Tool(
            "stego-lsb",
            [*lsb, "-h", "-i", "../cover.png", "-s", "../secret.png", "-o", "stego.png"],
            [*lsb, "-r", "-i", "stego.png", "-o", "out.png"],
            "out.png",
        ),
        Tool(
            "stegano",
            [stegano, "hide", "-i", "../cover.png", "-f", "../secret.png", "-o", "stego.png"],
            [stegano, "reveal", "-i", "stego.png", "-o", "out.png"],
            "out.png",
        ),
        Tool(
            "stegpy",
            [programs / "stegpy", "../secret.png", "../cover.png"],
            [programs / "stegpy", "../_cover.png"],
            "_secret.png",
        ),
    ]


def _costs(tool: Tool, folder: Path) -> tuple[ProcessCost, ProcessCost]:
    """Return the least cost of hiding and of revealing; the result must be exact."""
    hides, reveals = [], []
    for number in range(ROUNDS):
        place = folder / f"{tool.name.split(',')[0]}-{number}"
        place.mkdir()
        hides.append(process_cost(tool.hide, place, {}))
        reveals.append(process_cost(tool.reveal, place, {}))
        secret = (folder / "secret.png").read_bytes()
        if (place / tool.result).read_bytes() != secret:
            print(f"{tool.name}: what came out is not what went in")
        shutil.rmtree(place)
    least = [min(costs, key=lambda cost: cost.cpu_seconds) for costs in (hides, reveals)]
    return least[0], least[1]


def _row(
    name: str,
    hide: ProcessCost,
    reveal: ProcessCost,
    ours: tuple[ProcessCost, ProcessCost],
) -> list[str]:
    return [
        name,
        f"{hide.cpu_seconds:.2f}",
        f"{hide.cpu_seconds / ours[0].cpu_seconds:.1f} x",
        f"{hide.peak_mb:.0f}",
        f"{reveal.cpu_seconds:.2f}",
        f"{reveal.cpu_seconds / ours[1].cpu_seconds:.1f} x",
        f"{reveal.peak_mb:.0f}",
    ]
