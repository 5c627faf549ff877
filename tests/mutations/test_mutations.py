"""A seeded sample of the mutations; `make mutate` runs many more."""

from __future__ import annotations

import pytest
from tests.mutations.mutators import MUTATORS
from tests.mutations.subjects import KEY, subjects
from tests.mutations.trial import WrongSecret, outcome, trial

from underpaint_common.payload import SecretFile, hide
from underpaint_common.pictures import encode

SAMPLE = 425
SEED = 2031


def test_no_mutation_brings_a_wrong_secret_or_a_foreign_error():
    seen = {trial(SEED, number) for number in range(SAMPLE)}
    assert {mutator for mutator, _ in seen} == {mutator.__name__ for mutator in MUTATORS}
    assert {result for _, result in seen} == {
        "Damaged",
        "NothingFound",
        "UnusableImage",
        "the secret",
    }


def test_the_untouched_files_hold_their_secrets():
    for subject in subjects():
        assert outcome(subject.file, (subject,)) == "the secret"


def test_a_wrong_secret_would_be_seen():
    subject = subjects()[0]
    evil = hide(subject.cover, SecretFile("words.txt", "text/plain", b"evil"), KEY).picture
    with pytest.raises(WrongSecret):
        outcome(b"".join(encode(evil)), (subject,))


def test_a_trial_can_be_repeated():
    assert [trial(1, number) for number in range(17)] == [trial(1, number) for number in range(17)]
