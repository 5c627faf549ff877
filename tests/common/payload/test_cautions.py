"""Cautions: covers that one changed sample gives away, those that it does not, and payloads."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from underpaint_common.payload import SecretFile, cautions, hide
from underpaint_common.payload.cautions import caution_of
from underpaint_common.pictures import picture_from_array


def natural(depth=8):
    rng = np.random.default_rng(depth)
    values = np.clip(rng.normal(0.5, 0.12, (300, 400, 3)), 0, 1) * ((1 << depth) - 1)
    return values.astype(np.uint8 if depth == 8 else np.uint16)


@pytest.mark.parametrize("depth", [8, 16])
def test_a_natural_picture_gives_no_cause(depth):
    assert cautions(picture_from_array(natural(depth))) == ()


@pytest.mark.parametrize(
    "samples",
    [
        natural().astype(np.uint16) * np.uint16(257),
        natural().astype(np.uint16) << np.uint16(8),
        (natural() // 3 * 3).astype(np.uint8),
        np.where(natural() > 127, np.uint8(255), np.uint8(0)),
    ],
    ids=["8 bits spread over 16", "empty low planes", "few values", "black and white"],
)
def test_missing_values_are_told_in_one_sentence(samples):
    (sentence,) = cautions(picture_from_array(samples))
    assert "give it away" in sentence


@pytest.mark.parametrize("value", [0, 90, 255])
def test_a_cover_of_one_colour_gets_a_warning_instead_of_a_figure(value):
    cover = picture_from_array(np.full((200, 200, 3), value, np.uint8))
    (sentence,) = cautions(cover)
    assert "of one value" in sentence
    report = hide(cover, SecretFile("", "", b"secret"), bytes(32)).report
    assert report.expected_error is None
    assert sentence in report.warnings


def test_a_cover_that_was_jpeg_gets_a_warning_instead_of_a_figure():
    cover = dataclasses.replace(picture_from_array(natural()), source_format="JPEG")
    (sentence,) = cautions(cover)
    assert "decoded from JPEG" in sentence
    report = hide(cover, SecretFile("", "", b"secret"), bytes(32)).report
    assert report.expected_error is None
    assert report.warnings == (sentence,)


@pytest.mark.parametrize("error", [None, 0.5, 0.4])
def test_what_is_hard_to_detect_or_not_known_is_no_cause(error):
    assert caution_of(error) == ()


def test_what_is_easily_detected_is_told():
    (sentence,) = caution_of(0.127)
    assert "err on 13% of such pictures" in sentence
