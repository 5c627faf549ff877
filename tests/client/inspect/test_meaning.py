"""Plain words agree with the figures, at and around every bound."""

from __future__ import annotations

import math

import pytest

from underpaint_client.inspect import meaning
from underpaint_common.stego.detect.verdict import Finding


def test_every_finding_has_its_words():
    sentences = {
        meaning.headline(finding, has_cover=cover) for finding in Finding for cover in (True, False)
    }
    assert len(sentences) == 6


@pytest.mark.parametrize(
    ("share", "cover", "words"),
    [
        (0.01, None, "sees nothing"),
        (0.1, None, "untouched pictures"),
        (0.4, None, "Takes 40.0 % of the samples"),
        (0.4, 0.4, "sees nothing"),
        (0.4, 0.37, "slightly"),
        (0.4, 0.1, "is the payload"),
        (0.1, 0.4, "sees nothing"),
    ],
)
def test_estimates(share, cover, words):
    assert words in meaning.estimate_in_words(share, cover)


def test_chi_square():
    assert "first 40.0 %" in meaning.chi_square_in_words(0.4, 0.0)
    assert "in pairs" in meaning.chi_square_in_words(0.0, 0.9)
    assert "not full" in meaning.chi_square_in_words(0.0, 0.1)


@pytest.mark.parametrize(
    ("psnr", "words"), [(math.inf, "nothing"), (51, "no eye"), (20, "plainly visible")]
)
def test_quality(psnr, words):
    assert words in meaning.quality_in_words(psnr)


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0.0 %"), (1e-9, "~0 %"), (0.0005, "0.1 %"), (1, "100.0 %")]
)
def test_shares(share, text):
    assert meaning.percent(share) == text
