"""One mutation, tried: what was hidden, or one of our errors; nothing else is let through."""

from __future__ import annotations

import numpy as np
from tests.mutations.mutators import MUTATORS
from tests.mutations.subjects import KEY, Subject, subjects

from underpaint_common.errors import Damaged, NothingFound, UnusableImage
from underpaint_common.payload import reveal
from underpaint_common.pictures import Limits, read_picture

LIMITS = Limits(max_pixels=1_000_000, max_file_bytes=1 << 20, max_inflated_bytes=16 << 20)


class WrongSecret(AssertionError):
    """Something was revealed that nobody hid."""


def trial(seed: int, number: int) -> tuple[str, str]:
    """Try one mutation; the same seed and number make the same one on every machine.

    Returns
    -------
    tuple of str
        The mutator's name, and what came of it: the name of an error, or ``"the secret"``.

    Raises
    ------
    WrongSecret
        What was revealed is none of what was hidden in the files that the mutation is made of.
    Exception
        Whatever else escapes: a fault of the reader.
    """
    rng = np.random.default_rng([seed, number])
    mutate = MUTATORS[number % len(MUTATORS)]
    subject, other = (subjects()[place] for place in rng.integers(0, len(subjects()), 2))
    return mutate.__name__, outcome(mutate(subject, other, rng), (subject, other))


def outcome(file: bytes, origins: tuple[Subject, ...]) -> str:
    """Reveal from a mutated file, and judge what comes out."""
    try:
        found = reveal(read_picture(file, limits=LIMITS), KEY, limits=LIMITS)
    except (NothingFound, Damaged, UnusableImage) as error:
        return type(error).__name__
    if (found.data, found.name) not in {(each.secret, each.secret_name) for each in origins}:
        raise WrongSecret(f"{found.name}: {len(found.data)} bytes that nobody hid")
    return "the secret"
