"""`make torture ROUNDS=...`: kill -9 at random moments, restart, look, repeat."""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from pathlib import Path

from tests.torture.rounds import CLIENTS, torture


def main() -> None:
    """Run the rounds that are asked for and say what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("rounds", type=int)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))  # noqa: S311 - a test
    asked = parser.parse_args()
    print(f"{asked.rounds} rounds, {CLIENTS} clients, seed {asked.seed}")
    started, receipts = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder:
        rounds = torture(Path(folder) / "server", asked.rounds, asked.seed)
        for number, receipts in enumerate(rounds, start=1):
            if number % 10 == 0 or number == asked.rounds:
                print(f"round {number}: {receipts} receipts, every one kept and verified")
    seconds = time.monotonic() - started
    if not receipts:
        raise SystemExit("no client got a receipt: nothing was tried")
    print(f"done: {asked.rounds} kills, {receipts} receipts, none lost, in {seconds:.0f} s")


if __name__ == "__main__":
    main()
