"""`make roundtrip CASES=10000`: random cases of mode `adaptive`, each hidden and revealed."""

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
    """Check as many cases as the argument says."""
    count = int(sys.argv[1])
    with ProcessPoolExecutor() as pool:
        for done, _ in enumerate(pool.map(check, range(count), chunksize=20), 1):
            if done % 500 == 0 or done == count:
                print(f"{done} cases, all exact", flush=True)


if __name__ == "__main__":
    main()
