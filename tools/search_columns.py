"""Search the columns of syndrome-trellis codes: `python tools/search_columns.py HEIGHT [FILE]`.

For every width the same seeded rivals are tried on the same random cover and message; of those that
change least in a short trial the best few meet again in a longer one. Where widths are narrow, one
column of the winner after another is then replaced at random, and kept where that helps. The widths
of `DEEPER` go on from there, each change judged by so long a trial that chance has little say.
The result depends on height and width alone: no clock and no other width has a say, so that any
entry can be checked. Writes beside `columns.py` or to FILE, and goes on where an earlier run of it
stopped.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from underpaint_common.stego.samples import Octets
from underpaint_common.stego.trellis import columns as tables
from underpaint_common.stego.trellis.code import Code
from underpaint_common.stego.trellis.coding import Engine, flips

LANES = 64
COST = 100
FINALISTS = 4
ROUNDS = {6: 160, 8: 120, 10: 48, 12: 12}
"""Rivals of the narrower half of the widths, by height; the wider half has a quarter as many."""

STEPS = {6: 0, 8: 300, 10: 100, 12: 0}
"""Replacements that are tried, by height, where the width is at most `NARROW`."""

NARROW = 48

DEEPER = {10: (19, 20)}
"""Widths that are searched on, by height: those of a tenth of a bit per sample, in two layers."""

LAPS = 10
LAP = 100
"""Changes that are tried in a lap."""

LONG_TRIAL = 1600
"""Blocks of the trial that judges them; a quarter of it rejects what is clearly worse."""

CLEARLY_WORSE = 1.005

Columns = NDArray[np.int64]


def rivals(height: int, width: int) -> list[Columns]:
    """Return seeded candidates: first and last row ones, columns distinct while that goes."""
    rng = np.random.default_rng([height, width])
    kinds = 1 << (height - 2)
    count = ROUNDS[height] // (1 if width <= 40 else 4)
    found = []
    for _ in range(count):
        inner = np.concatenate([rng.permutation(kinds) for _ in range(-(-width // kinds))])[:width]
        found.append((inner << 1) | 1 | (1 << (height - 1)))
    return found


def changes(height: int, candidate: Columns, blocks: int, engine: Engine) -> float:
    """Return how many changes a message bit costs, all samples being equally dear."""
    width = candidate.size
    steps = blocks * width
    edges = np.arange(blocks + 1) * width
    rows = np.minimum(blocks - np.repeat(np.arange(blocks), width), height)
    code = Code(height, steps, blocks, edges, np.tile(candidate, blocks) & ((1 << rows) - 1))
    rng = np.random.default_rng(blocks)
    target: Octets = rng.integers(0, 2, (blocks, LANES), np.uint8)
    costs = np.full((steps, LANES), COST, np.uint16)
    work = np.empty(engine.work_bytes(height, steps, LANES), np.uint8)
    return float(flips(costs, target, code, engine, work).sum()) / target.size


def best(height: int, width: int, engine: Engine) -> list[int]:
    """Return the best columns of a height and width."""
    candidates = rivals(height, width)
    short = max(3 * height, 40)
    by_trial = sorted(candidates, key=lambda each: changes(height, each, short, engine))
    finalists = by_trial[:FINALISTS]
    trials = [
        (changes(height, each, 4 * short, engine), place) for place, each in enumerate(finalists)
    ]
    least, place = min(trials)
    winner = climbed(height, finalists[place], least, engine)
    if width in DEEPER.get(height, ()):
        for number in range(LAPS):
            winner = lap(height, winner, number, engine)
    return [int(column) for column in winner]


def climbed(height: int, start: Columns, least: float, engine: Engine) -> Columns:
    """Return what random replacements of single columns make of a candidate."""
    if start.size > NARROW:
        return start
    rng = np.random.default_rng([height, start.size, 1])
    blocks = 4 * max(3 * height, 40)
    best_yet = start
    for _ in range(STEPS[height]):
        other = best_yet.copy()
        inner = int(rng.integers(1 << (height - 2)))
        other[rng.integers(other.size)] = (inner << 1) | 1 | (1 << (height - 1))
        needed = changes(height, other, blocks, engine)
        if needed < least:
            best_yet, least = other, needed
    return best_yet


def lap(height: int, start: Columns, number: int, engine: Engine) -> Columns:
    """Return what a lap of small changes makes of columns: new ones, flipped bits, exchanges."""
    rng = np.random.default_rng([height, start.size, 2, number])
    best_yet, least = start, changes(height, start, LONG_TRIAL, engine)
    for _ in range(LAP):
        other = best_yet.copy()
        one, two = rng.integers(other.size, size=2)
        match rng.integers(5):
            case 0:
                other[one] ^= 1 << int(rng.integers(1, height - 1))
            case 1:
                other[[one, two]] = other[[two, one]]
            case _:
                other[one] = int(rng.integers(1 << (height - 2))) << 1 | 1 | 1 << (height - 1)
        if np.unique(other).size < other.size:
            continue
        if changes(height, other, LONG_TRIAL // 4, engine) > CLEARLY_WORSE * least:
            continue
        needed = changes(height, other, LONG_TRIAL, engine)
        if needed < least:
            best_yet, least = other, needed
    return best_yet


def main() -> None:
    """Search all widths of a height."""
    height = int(sys.argv[1])
    beside = Path(tables.__file__).with_name(f"columns_{height}.json")
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else beside
    rows: list[list[int]] = json.loads(target.read_text()) if target.exists() else []
    for width in range(len(rows) + 1, tables.MAX_WIDTH + 1):
        rows.append(best(height, width, Engine.NUMBA))
        lines = ",\n".join(json.dumps(row) for row in rows)
        target.write_text(f"[\n{lines}\n]\n")
        print(height, width, flush=True)


if __name__ == "__main__":
    main()
