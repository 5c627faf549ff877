"""Embedded images are PNG files of a bounded size that show what they say."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from underpaint_client.inspect import drawing
from underpaint_client.inspect.drawing import PREVIEW, Drawn
from underpaint_client.inspect.regions import CROP, Region
from underpaint_common.pictures import Picture, picture_from_array


def decoded(drawn: Drawn) -> np.ndarray:
    """Return the pixels of an embedded image, and check what is said of it."""
    scheme, _, data = drawn.uri.partition(",")
    assert scheme == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        assert image.format == "PNG"
        assert image.size == (drawn.width, drawn.height)
        return np.asarray(image)


@pytest.mark.parametrize("shape", [(3000, 4000, 3), (5000, 90, 1), (1, 7000, 3), (2, 2, 1)])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_previews_fit(shape, kind):
    drawn = drawing.preview(picture_from_array(np.broadcast_to(kind(40_000 % 251), shape)))
    assert 0 < drawn.width <= PREVIEW[0]
    assert 0 < drawn.height <= PREVIEW[1]
    decoded(drawn)


def test_a_part_is_shown_as_it_is(scene):
    region = Region.around(scene, (100, 100))
    shown = decoded(drawing.crop(scene, region))
    assert shown.shape == (CROP[1], CROP[0], 3)
    assert np.array_equal(shown, region.of(scene.samples))


def test_transparent_parts_lie_on_paper(scene):
    clear = picture_from_array(scene.samples, np.zeros(scene.samples.shape[:2], np.uint8))
    assert len(np.unique(decoded(drawing.crop(clear, Region.around(clear, None)))[:, :, 0])) == 1
    assert len(np.unique(decoded(drawing.preview(clear))[:, :, 0])) == 1


@pytest.mark.parametrize("plane", [0, 7])
def test_bit_planes_are_the_bits(scene, plane):
    channel = scene.samples[:50, :60, 2]
    assert np.array_equal(decoded(drawing.plane(channel, plane)), (channel >> plane & 1) == 1)


def test_the_map_shows_where_samples_differ(scene, replaced):
    drawn, strongest = drawing.change_map(scene, replaced)
    tones = decoded(drawn).astype(int).sum(axis=2)
    upper, lower = np.array_split(tones, 2)
    assert upper.max() < lower.min()
    assert 0.4 < strongest < 0.8
    same, none = drawing.change_map(scene, scene)
    assert none == 0
    assert len(np.unique(decoded(same)[:, :, 0])) == 1


def test_cmyk_is_shown_in_colours():
    ink = np.random.default_rng(1).integers(0, 256, (40, 50, 4), np.uint8)
    picture = Picture(ink)
    assert decoded(drawing.preview(picture)).shape == (40, 50, 3)
    assert decoded(drawing.crop(picture, Region.around(picture, None))).shape == (40, 50, 3)
