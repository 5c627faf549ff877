"""What is measured is what happened."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from underpaint_client.inspect.looking import compare, inspect
from underpaint_common.errors import UnusableImage
from underpaint_common.pictures import picture_from_array
from underpaint_common.stego import quality, similarity
from underpaint_common.stego.detect.verdict import Finding


def test_the_parts_are_the_measures_of_the_core(scene, replaced):
    found = compare(scene, replaced)
    whole = found.whole
    assert whole.psnr_db == pytest.approx(quality.psnr(scene.samples, replaced.samples))
    assert whole.ssim == pytest.approx(similarity.ssim(scene.samples, replaced.samples))
    assert whole.change_rate == pytest.approx(quality.change_rate(scene.samples, replaced.samples))
    per_plane = quality.change_rate_per_plane(scene.samples, replaced.samples)
    assert whole.per_plane == pytest.approx(per_plane)
    assert whole.largest == 1
    assert [each.change_rate for each in found.channels] == [
        quality.change_rate(scene.samples[:, :, k], replaced.samples[:, :, k]) for k in range(3)
    ]
    assert not found.alpha_differs
    assert [name for name, _ in found.named(("r", "g", "b"))] == ["all", "r", "g", "b"]


def test_one_channel_is_told_once(scene):
    grey = picture_from_array(scene.samples[:, :, 0])
    assert [name for name, _ in compare(grey, grey).named(("grey",))] == ["grey"]


def test_replacement_is_found_and_ours_is_not(scene, replaced, hidden):
    assert inspect(scene).image.finding is Finding.NOTHING
    assert inspect(replaced).image.finding is Finding.PAYLOAD
    assert inspect(replaced, scene).image.finding is Finding.PAYLOAD
    assert inspect(hidden, scene).image.finding is Finding.NOTHING


def test_nothing_changed(scene):
    found = inspect(scene, scene)
    assert found.comparison is not None
    assert found.comparison.whole.psnr_db == math.inf
    assert found.comparison.whole.ssim == pytest.approx(1)
    assert found.comparison.whole.change_rate == 0
    assert found.comparison.whole.largest == 0


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(30, 20), (30, 20, 2), (30, 20, 3), (30, 20, 4)])
def test_every_kind_of_picture(kind, shape):
    rng = np.random.default_rng(5)
    array = rng.integers(0, np.iinfo(kind).max, shape).astype(kind)
    found = inspect(array, array, name="one", cover_name="other")
    assert len(found.image.readings) == len(found.image.channels) == found.image.picture.channels
    assert ("alpha" in found.image.kind) == (shape[-1] in (2, 4))
    assert f"{8 * np.dtype(kind).itemsize} bits" in found.image.kind


def test_tiny_pictures_are_described_and_not_read():
    tiny = np.zeros((2, 5, 3), np.uint8)
    found = inspect(tiny, tiny)
    assert found.image.readings == ()
    assert found.image.finding is Finding.UNCLEAR
    assert found.comparison is not None
    assert found.comparison.whole.ssim is None


def test_alpha_is_compared(scene):
    alpha = np.full(scene.samples.shape[:2], 255, np.uint8)
    with_alpha = dataclasses.replace(scene, alpha=alpha)
    other = dataclasses.replace(scene, alpha=alpha // 2)
    assert compare(scene, with_alpha).alpha_differs
    assert compare(with_alpha, other).alpha_differs
    assert not compare(other, other).alpha_differs


@pytest.mark.parametrize(
    "other",
    [np.zeros((481, 640, 3), np.uint8), np.zeros((480, 640), np.uint8),
     np.zeros((480, 640, 3), np.uint16)],
)  # fmt: skip
def test_what_cannot_be_its_cover_is_refused_by_name(scene, other):
    cover = picture_from_array(other)
    with pytest.raises(UnusableImage, match=r"b\.png .* cannot be the cover of a\.png") as caught:
        inspect(scene, cover, name="a.png", cover_name="b.png")
    assert "640 x 480 RGB, 8 bits" in caught.value.message
