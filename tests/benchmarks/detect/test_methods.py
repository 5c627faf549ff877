"""Embedding for the detectors: repeatable, as much as was asked for, and through `hide`."""

from __future__ import annotations

import numpy as np
import pytest
from tests.benchmarks.detect.methods import Condition, Method, conditions, secret_bytes

from underpaint_common.payload import SecretFile, hide
from underpaint_common.pictures import picture_from_array

COVER = np.random.default_rng(2).normal(128, 40, (96, 96, 3)).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("condition", conditions(), ids=str)
def test_every_condition_embeds_as_much_as_it_says(condition):
    stego = condition.embed(COVER, 1)
    assert np.array_equal(stego, condition.embed(COVER, 1))
    assert not np.array_equal(stego, condition.embed(COVER, 2))
    step = stego.astype(int) - COVER
    assert np.abs(step).max() == 1
    # Half of the bits are what they should be already; codes need fewer changes still, but at
    # the lowest payload a change cannot bear more than ten bits (entropy of where, and its sign).
    assert np.count_nonzero(step) / step.size < condition.payload / 2 * 1.1
    assert np.count_nonzero(step) / step.size > condition.payload / 12


def test_replacement_keeps_pairs_and_matching_does_not():
    replaced = Condition(Method.REPLACEMENT, 0.4).embed(COVER, 1)
    matched = Condition(Method.MATCHING, 0.4).embed(COVER, 1)
    assert np.array_equal(replaced // 2, COVER // 2)
    assert not np.array_equal(matched // 2, COVER // 2)


@pytest.mark.parametrize("payload", [0.05, 0.1, 0.2, 0.4])
@pytest.mark.parametrize("samples", [65536, 196608, 100_000])
def test_the_payload_counts_everything_that_is_embedded(payload, samples):
    cover = picture_from_array(np.full((samples // 32, 32), 77, np.uint8))
    secret = SecretFile("", "", np.random.default_rng(1).bytes(secret_bytes(payload, samples)))
    total = hide(cover, secret, bytes(32)).report.payload_bytes
    assert payload * samples / 8 - 17 < total <= payload * samples / 8
