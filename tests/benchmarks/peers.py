"""Hide and reveal of a 12-megapixel cover as whole processes, ours and peers' in turns."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measuring import ProcessCost, process_cost
from tests.benchmarks.tables import markdown, publish

PROJECT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("stego-lsb==1.7.3", "stegano==3.0.0", "stegpy==0.2.0")
SECRET_BYTES = 291_000
ROUNDS = 3
INPUTS = ("cover.png", "cover.jpg", "secret.bin", "key", "passphrase")
OURS = "underpaint, key file"


@dataclass(frozen=True, slots=True)
class Tool:
    """One way to hide `secret.bin` in `cover.png` and to get it back, in a folder of its own."""

    name: str
    hide: list[str | Path]
    reveal: list[str | Path]
    result: str


def main() -> None:
    """Measure whole processes and compare what comes out with what went in."""
    with tempfile.TemporaryDirectory(prefix="underpaint-bench-") as temporary:
        folder = Path(temporary)
        _make_images(folder)
        costs = _costs((*_ours(), *_peers()), folder)
    ours = costs[OURS]
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
        "pathlib.Path('secret.bin').write_bytes(noise)\n"
        "from PIL import Image\n"
        "Image.open('cover.png').save('cover.jpg', quality=92)\n"
        "pathlib.Path('passphrase').write_text('eight random words are better than one')\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=folder, check=True)
    keygen = [sys.executable, "-m", "underpaint_client", "keygen", "--shared", "key"]
    subprocess.run(keygen, cwd=folder, check=True, capture_output=True)


def _ours() -> list[Tool]:
    return [
        _own(OURS, "cover.png", "--key-file", "key"),
        _own("underpaint, JPEG cover", "cover.jpg", "--key-file", "key"),
        _own("underpaint, passphrase", "cover.png", "--passphrase-file", "passphrase"),
    ]


def _own(name: str, cover: str, *key: str) -> Tool:
    command: list[str | Path] = [sys.executable, "-m", "underpaint_client"]
    return Tool(
        name,
        [*command, "hide", "secret.bin", f"{cover}", "-o", "stego.png", *key],
        [*command, "reveal", "stego.png", "-o", "out.bin", *key],
        "out.bin",
    )


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
            [*lsb, "-h", "-i", "cover.png", "-s", "secret.bin", "-o", "stego.png"],
            [*lsb, "-r", "-i", "stego.png", "-o", "out.bin"],
            "out.bin",
        ),
        Tool(
            "stegano",
            [stegano, "hide", "-i", "cover.png", "-f", "secret.bin", "-o", "stego.png"],
            [stegano, "reveal", "-i", "stego.png", "-o", "out.bin"],
            "out.bin",
        ),
        Tool(
            "stegpy",
            [programs / "stegpy", "secret.bin", "cover.png"],
            [programs / "stegpy", "_cover.png"],
            "_secret.bin",
        ),
    ]


def _costs(tools: Sequence[Tool], folder: Path) -> dict[str, tuple[ProcessCost, ProcessCost]]:
    """Return the least cost of hiding and of revealing, the tools taking turns."""
    hides: dict[str, list[ProcessCost]] = {tool.name: [] for tool in tools}
    reveals: dict[str, list[ProcessCost]] = {tool.name: [] for tool in tools}
    for _ in range(ROUNDS):
        for tool in tools:
            with tempfile.TemporaryDirectory(dir=folder) as temporary:
                place = Path(temporary)
                for name in INPUTS:
                    (place / name).hardlink_to(folder / name)
                hides[tool.name].append(process_cost(tool.hide, place, {}))
                reveals[tool.name].append(process_cost(tool.reveal, place, {}))
                if (place / tool.result).read_bytes() != (folder / "secret.bin").read_bytes():
                    print(f"{tool.name}: what came out is not what went in")
    return {name: (_least(hides[name]), _least(reveals[name])) for name in hides}


def _least(costs: list[ProcessCost]) -> ProcessCost:
    return min(costs, key=lambda cost: cost.cpu_seconds)


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
