"""Covers that were JPEG files: what is left of their grid after embedding.

A decoded JPEG picture is one of few: compressed again with its own tables it comes out nearly
as it was, block by block, while any changed sample spoils its block's whole (Fridrich, Goljan
and Du, Steganalysis based on JPEG compatibility, 2001). The share of 8x8 blocks that change is
read here with the true quality, which in practice is estimated first.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BLOCK = 8
QUALITIES = (75, 90, 95)


def recompressed(samples: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Return a picture compressed as JPEG and decoded again, colour at full resolution.

    Parameters
    ----------
    samples : ndarray of uint8, shape (height, width, 1 or 3)
        The picture.
    quality : int
        As libjpeg counts, 1 to 100.
    """
    file = io.BytesIO()
    pixels = samples[:, :, 0] if samples.shape[2] == 1 else samples
    Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling=0)
    with Image.open(file) as image:
        return np.array(image).reshape(samples.shape)


def changed_blocks(samples: NDArray[np.uint8], quality: int) -> float:
    """Return the share of whole 8x8 blocks that compressing again at a quality changes."""
    changed = (recompressed(samples, quality) != samples).any(axis=2)
    rows, columns = (side // BLOCK for side in changed.shape)
    whole = changed[: rows * BLOCK, : columns * BLOCK]
    return float(whole.reshape(rows, BLOCK, columns, BLOCK).any(axis=(1, 3)).mean())
