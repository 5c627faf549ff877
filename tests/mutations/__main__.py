"""Mutations in number: `python -m tests.mutations [SEED]`, UNDERPAINT_MUTATIONS of them."""

from __future__ import annotations

import collections
import os
import sys
import time

from tests.mutations.trial import trial

DEFAULT_COUNT = 20_000


def main() -> int:
    """Try them all, print what came of each kind, and return 1 if anything was let through."""
    count = int(os.environ.get("UNDERPAINT_MUTATIONS", DEFAULT_COUNT))
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    outcomes: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    failures = []
    started = time.perf_counter()
    for number in range(count):
        try:
            mutator, result = trial(seed, number)
        except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
            failures.append(f"seed {seed}, number {number}: {type(error).__name__}: {error}")
        else:
            outcomes[mutator][result] += 1
    columns = sorted({result for counter in outcomes.values() for result in counter})
    print(f"{'mutation':<22}" + "".join(f"{column:>15}" for column in columns))
    for mutator, counter in outcomes.items():
        print(f"{mutator:<22}" + "".join(f"{counter[column]:>15}" for column in columns))
    seconds = time.perf_counter() - started
    print(f"{count} mutations in {seconds:.0f} s, seed {seed}; let through: {len(failures)}")
    print("\n".join(failures[:50]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
