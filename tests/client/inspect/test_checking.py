"""`hide --check` warns of what the classical detectors see, and of nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from underpaint_client import hide
from underpaint_client.demo.landscape import landscape
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


@pytest.mark.parametrize(("mode", "shows"), [("planes", True), ("adaptive", False)])
def test_white_skies_show_in_planes_and_not_in_adaptive(mode, shows):
    """A white sample moves one way only, and the detectors take that for replacement."""
    samples = landscape(5, width=400, height=300).astype(int)
    samples[:150] = samples[:150] // 4 + 240
    cover = picture_from_array(samples.clip(0, 255).astype(np.uint8))
    secret = np.random.default_rng(6).bytes(20_000)
    hidden = hide(memoryview(secret), cover, key=bytes(32), mode=mode, name="n.bin")
    checked = check(cover, hidden.picture)
    assert checked is not None
    assert (checked.finding is not Finding.NOTHING) == shows
    assert ("mode adaptive" in checked.sentence) == shows


def test_tiny_pictures_cannot_be_read():
    tiny = picture_from_array(np.zeros((2, 90, 3), np.uint8))
    assert check(tiny, tiny) is None
