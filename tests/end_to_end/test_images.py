"""Real images as covers and as secrets: exact, and what the cover shows the stego image shows.

A seeded sample by default; all of them with UNDERPAINT_IMAGES=all (`make images`).
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from PIL import Image
from tests.end_to_end.looking import assert_keeps_profile_and_depth, assert_shows_the_same

from underpaint_client import hide, reveal
from underpaint_common.pictures import read_picture

pytestmark = pytest.mark.end_to_end

KEY = bytes(range(32))
SEED = 7
# How many of each folder the quick tests take.
AS_COVERS = {"secrets": 8, "orientation": 3, "kodak": 2, "photos": 1}
AS_SECRETS = {"secrets": 3, "orientation": 1, "kodak": 1, "photos": 1}
AS_PIXELS = {"secrets": 2, "orientation": 0}


def chosen(shared: Path, counts: dict[str, int]) -> list[Path]:
    """Return all images, or so many of each folder, drawn with a fixed seed."""
    images = []
    for folder, count in counts.items():
        files = sorted((shared / "images" / folder).iterdir())
        if os.environ.get("UNDERPAINT_IMAGES") != "all":
            files = random.Random(SEED).sample(files, min(count, len(files)))  # noqa: S311 - no key
        images += files
    assert images
    return images


def stego_name(cover: Path) -> str:
    """Return a file name of a format that holds the cover."""
    with Image.open(cover) as image:
        return "stego.tiff" if image.mode == "CMYK" else "stego.png"


def test_every_image_is_a_cover(shared: Path, tmp_path: Path) -> None:
    secret = shared / "images" / "secrets" / "scan-1bit.tif"
    for cover in chosen(shared, AS_COVERS):
        stego = tmp_path / stego_name(cover)
        hidden = hide(secret, cover, key=KEY, output=stego, overwrite=True)
        found = reveal(stego, key=KEY)
        assert (found.data, found.name) == (secret.read_bytes(), secret.name), cover
        assert_shows_the_same(stego, cover, hidden.report.planes)
        assert_keeps_profile_and_depth(stego, cover)
        assert read_picture(stego).bit_depth == read_picture(cover).bit_depth


def test_every_image_is_a_secret(shared: Path, tmp_path: Path) -> None:
    photos = shared / "images" / "photos"
    for secret in chosen(shared, AS_SECRETS):
        roomy = secret.stat().st_size > 2_000_000
        cover = photos / ("issue266-22mp.jpg" if roomy else "flowers-6mp.png")
        stego = tmp_path / "stego.png"
        hide(secret, cover, key=KEY, output=stego, overwrite=True)
        found = reveal(stego, key=KEY)
        assert (found.data, found.name) == (secret.read_bytes(), secret.name)


def test_every_image_is_a_secret_by_its_pixels(shared: Path) -> None:
    cover = read_picture(shared / "images" / "photos" / "flowers-6mp.png")
    for secret in chosen(shared, AS_PIXELS):
        hidden = hide(secret, cover, key=KEY, form="compact")
        found = reveal(hidden.picture, key=KEY)
        if found.form == "file":
            assert found.data == secret.read_bytes()
            continue
        before, after = read_picture(secret), read_picture(found.data)
        assert after.bit_depth == before.bit_depth
        assert (after.samples == before.samples).all()
        if before.alpha is not None:
            assert after.alpha is not None
            assert (after.alpha == before.alpha).all()
        assert hidden.report.payload_bytes <= secret.stat().st_size + 1000
