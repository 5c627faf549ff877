"""`hide --check` warns of what the classical detectors see, and of nothing else."""

from __future__ import annotations

import numpy as np

from underpaint_client.inspect.checking import check
from underpaint_common.pictures import picture_from_array
from underpaint_common.stego.detect.verdict import Finding


def test_replacement_is_seen(scene, replaced):
    checked = check(scene, replaced)
    assert checked is not None
    assert checked.finding is Finding.PAYLOAD
    assert checked.share > 0.3 > checked.cover_share
    assert checked.beginning > 0.3
    assert "of the picture full" in checked.sentence
    assert "read payload" in checked.sentence


def test_one_plane_of_ours_is_not(scene, hidden):
    checked = check(scene, hidden)
    assert checked is not None
    assert checked.finding is Finding.NOTHING
    assert "as they read the cover" in checked.sentence


def test_tiny_pictures_cannot_be_read():
    tiny = picture_from_array(np.zeros((2, 90, 3), np.uint8))
    assert check(tiny, tiny) is None
