"""`make roundtrip CASES=10000 FIRST=0`: random cases, each hidden and revealed, twice."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor

from tests.roundtrip.cases import Case


def check(seed: int) -> int:
    """Check the case of a seed."""
    try:
        Case.of(seed).check()
    except Exception as error:
        error.add_note(f"seed {seed}")
        raise
    return seed


def main() -> None:
    """Check as many cases as the first argument says, from the seed on that the second says."""
    count, first = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
    with ProcessPoolExecutor() as pool:
        seeds = range(first, first + count)
        for done, seed in enumerate(pool.map(check, seeds, chunksize=20), 1):
            if done % 500 == 0 or done == count:
                print(f"seeds {first} to {seed}: {done} cases, all exact", flush=True)


if __name__ == "__main__":
    main()
