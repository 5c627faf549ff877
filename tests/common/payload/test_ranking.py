"""Ranking: the best cover first, by whatever score, one picture in memory at a time."""

from __future__ import annotations

import dataclasses
import itertools
import math
import weakref

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common import payload
from underpaint_common.payload import Ranked, by_expected_error, rank
from underpaint_common.pictures import picture_from_array

TINY = picture_from_array(np.zeros((1, 1), np.uint8))


def smooth(height, width, depth=8):
    """Return a picture with every value between its darkest and its brightest."""
    rng = np.random.default_rng([height, width, depth])
    values = rng.normal(0.5, 0.1, (height, width)) * ((1 << depth) - 1)
    return picture_from_array(values.astype(np.uint8 if depth == 8 else np.uint16))


@given(scores=st.lists(st.floats(allow_nan=False), max_size=30))
def test_the_best_comes_first_and_equals_keep_their_order(scores):
    by_label = dict(enumerate(scores))
    pictures = {label: picture_from_array(np.zeros((1, 1), np.uint8)) for label in by_label}
    found = {id(picture): label for label, picture in pictures.items()}
    ranked = rank(pictures.items(), 1, lambda picture, _: by_label[found[id(picture)]])
    assert [each.score for each in ranked] == sorted(scores, reverse=True)
    for one, other in itertools.pairwise(ranked):
        assert one.score > other.score or one.label < other.label


def test_the_score_alone_decides():
    covers = [("a", TINY), ("b", smooth(50, 50))]
    assert [each.label for each in rank(covers, 1, lambda c, _: -c.height)] == ["a", "b"]
    assert [each.label for each in rank(covers, 1, lambda c, _: c.height)] == ["b", "a"]
    assert [each.score for each in rank(covers, 77, lambda _, size: size)] == [77, 77]


def test_pictures_are_let_go_one_by_one():
    alive = []

    def covers():
        for side in (20, 30, 40):
            picture = smooth(side, side)
            alive.append(weakref.ref(picture.samples))
            assert sum(reference() is not None for reference in alive) <= 2
            yield side, picture

    assert len(rank(covers(), 10, lambda picture, _: picture.width)) == 3


def test_more_room_is_better_and_too_little_is_last():
    covers = [("small", smooth(20, 20)), ("middle", smooth(100, 100)), ("large", smooth(300, 300))]
    ranked = rank(covers, 1000)
    assert [each.label for each in ranked] == ["large", "middle", "small"]
    assert [each.fits for each in ranked] == [True, True, False]
    assert ranked[2] == Ranked("small", -math.inf)


def test_a_cover_that_gives_itself_away_comes_after_all_that_do_not():
    natural = smooth(70, 70)
    stretched = picture_from_array(smooth(400, 400).samples // np.uint8(4) * np.uint8(4))
    spread = picture_from_array(smooth(300, 300).samples.astype(np.uint16) * np.uint16(257))
    ranked = rank([("stretched", stretched), ("spread", spread), ("natural", natural)], 500)
    assert ranked[0].label == "natural"
    assert all(each.fits for each in ranked)


def test_a_cover_that_was_jpeg_comes_after_all_that_never_were():
    small = smooth(70, 70)
    jpeg = dataclasses.replace(smooth(400, 400), source_format="JPEG")
    larger = dataclasses.replace(smooth(500, 500), source_format="JPEG")
    ranked = rank([("jpeg", jpeg), ("small", small), ("larger", larger)], 500)
    assert [each.label for each in ranked] == ["small", "larger", "jpeg"]


def test_of_two_alike_in_size_the_rougher_hides_better():
    rng = np.random.default_rng(1)
    ramp = np.linspace(20, 230, 200)[:, None, None]
    rough, calm = (
        picture_from_array((ramp + rng.normal(0, deviation, (200, 200, 3))).astype(np.uint8))
        for deviation in (5, 0.5)
    )
    ranked = rank([("calm", calm), ("rough", rough)], 500)
    assert [each.label for each in ranked] == ["rough", "calm"]


def test_the_score_is_the_error_that_hiding_reports():
    for cover in (smooth(100, 120), smooth(90, 90)):
        for size in (40, 500, 2000):
            secret = payload.SecretFile("", "", np.random.default_rng(size).bytes(size))
            report = payload.hide(cover, secret, bytes(32)).report
            score = by_expected_error(cover, report.payload_bytes - 48)
            assert abs(score - report.expected_error) < 1e-3


def test_where_detection_is_certain_anyway_quality_decides():
    covers = [("small", smooth(300, 400)), ("large", smooth(400, 400))]
    assert [each.label for each in rank(covers, 55000)] == ["large", "small"]
