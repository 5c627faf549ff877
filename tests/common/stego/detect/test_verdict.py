"""The verdict: what the bounds say, and what they say of real photographs."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from underpaint_common.stego.detect.readings import Readings, read_channels
from underpaint_common.stego.detect.verdict import (
    Finding,
    beginning_share,
    judge,
    payload_share,
)

SEEN, UNSEEN = (1.0,) * 20, (0.0,) * 20


def reading(rate: float, prefixes=UNSEEN) -> tuple[Readings, ...]:
    """Return readings of a picture in which all estimators agree."""
    return (Readings(prefixes, rate, rate, rate),) * 3


def test_no_single_estimator_speaks_for_all():
    assert payload_share((Readings(UNSEEN, 0.9, 0.02, 0.01),)) == 0.02
    assert payload_share((Readings(UNSEEN, 0.3, 0.3, 0.3), *reading(0.0)[:2])) == pytest.approx(0.1)
    assert beginning_share((Readings(SEEN, 0, 0, 0), Readings(UNSEEN, 0, 0, 0))) == 0.5


@pytest.mark.parametrize(
    ("picture", "cover", "finding"),
    [
        (reading(0.04), None, Finding.NOTHING),
        (reading(0.08), None, Finding.UNCLEAR),
        (reading(0.2), None, Finding.PAYLOAD),
        (reading(0.0, SEEN), None, Finding.PAYLOAD),
        (reading(0.2), reading(0.19), Finding.NOTHING),
        (reading(0.2), reading(0.17), Finding.UNCLEAR),
        (reading(0.12), reading(0.02), Finding.PAYLOAD),
        (reading(0.0, SEEN), reading(0.0, SEEN), Finding.NOTHING),
        (reading(0.0, SEEN), reading(0.0), Finding.PAYLOAD),
        (reading(0.0), reading(0.5), Finding.NOTHING),
    ],
)
def test_what_readings_amount_to(picture, cover, finding):
    assert judge(picture, cover) is finding


def test_photographs_are_seldom_accused_and_replacement_is_seen(shared):
    paths = sorted((shared / "images" / "kodak").glob("*.png"))[::3]
    accused, seen = [], []
    for seed, path in enumerate(paths):
        with Image.open(path) as image:
            cover = np.asarray(image)
        rng = np.random.default_rng(seed)
        bits = rng.integers(0, 2, cover.shape, np.uint8)
        stego = np.where(rng.random(cover.shape) < 0.25, (cover & np.uint8(0xFE)) | bits, cover)
        untouched = read_channels(cover)
        accused.append(judge(untouched) is Finding.PAYLOAD)
        seen.append(judge(read_channels(stego)) is Finding.PAYLOAD)
        assert judge(read_channels(stego), untouched) is Finding.PAYLOAD
    assert sum(accused) <= 1
    assert all(seen)
