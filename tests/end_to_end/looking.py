"""What a picture file shows, as Pillow sees it: a second opinion beside our own reader."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

PNG_DEPTH_AT = 24


def shown(path: Path) -> NDArray[np.uint8]:
    """Return the upright picture as 8-bit RGBA, shape (height, width, 4)."""
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image)
        if upright.mode.startswith("I"):  # 16-bit grey, in 16 or 32 bits
            grey = (np.asarray(upright) >> 8).astype(np.uint8)
            upright = Image.fromarray(grey)
        if upright.mode == "CMYK":
            upright = upright.convert("RGB")
        return np.asarray(upright.convert("RGBA"))


def assert_shows_the_same(stego: Path, cover: Path, planes: int) -> None:
    """Check size, direction, alpha and colours: nothing moved by more than the planes allow.

    Under fully transparent pixels nothing has moved at all.
    """
    before, after = shown(cover), shown(stego)
    assert after.shape == before.shape
    assert np.array_equal(after[..., 3], before[..., 3])
    unseen = before[..., 3] == 0
    assert np.array_equal(after[unseen], before[unseen])
    most = 1 << planes
    with Image.open(cover) as image:
        if image.mode == "CMYK":
            most *= 2  # a step of an ink and one of black add up
    assert int(np.abs(before.astype(np.int16) - after).max()) <= most


def assert_keeps_profile_and_depth(stego: Path, cover: Path) -> None:
    """Check that colour profile, gamma and the samples' depth are those of the cover."""
    with Image.open(cover) as one, Image.open(stego) as other:
        assert (other.info.get("icc_profile") or None) == (one.info.get("icc_profile") or None)
        assert other.info.get("gamma") == one.info.get("gamma")
        if one.mode.startswith("I;16"):
            assert other.mode.startswith("I;16")
    head = stego.read_bytes()[: PNG_DEPTH_AT + 1]
    cover_head = cover.read_bytes()[: PNG_DEPTH_AT + 1]
    if head.startswith(b"\x89PNG") and cover_head.startswith(b"\x89PNG"):
        assert (head[PNG_DEPTH_AT] == 16) == (cover_head[PNG_DEPTH_AT] == 16)
