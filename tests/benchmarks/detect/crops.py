"""The crops: which photograph each comes from, and their samples in RGB and in grey."""

from __future__ import annotations

import csv
import enum
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 256
PIXELS = SIDE * SIDE


class Colour(enum.StrEnum):
    """In which colours the crops are looked at."""

    RGB = "RGB"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class Crop:
    """One crop.

    Parameters
    ----------
    path : Path
        Its file.
    photo : str
        The photograph it was cut from: crops of one never lie on both sides of a split.
    """

    path: Path
    photo: str

    def samples(self, colour: Colour) -> NDArray[np.uint8]:
        """Return its samples, shape (256, 256, 1 or 3)."""
        with Image.open(self.path) as image:
            pixels = np.array(image.convert("L" if colour is Colour.GREY else "RGB"))
        return pixels[:, :, None] if colour is Colour.GREY else pixels


def read_crops(folder: Path, most: int | None = None, seed: int = 0) -> tuple[Crop, ...]:
    """Return the crops of a folder with ``crops.csv``, or a random part of them.

    Parameters
    ----------
    folder : Path
        Holds the files that ``crops.csv`` names, each with its photograph.
    most : int, optional
        How many at most; all when not given.
    seed : int
        Which part.
    """
    with (folder / "crops.csv").open(newline="") as file:
        found = [Crop(folder / row["file"], row["photo_id"]) for row in csv.DictReader(file)]
    if most is not None and most < len(found):
        chosen = np.random.default_rng(seed).choice(len(found), most, replace=False)
        found = [found[index] for index in sorted(chosen.tolist())]
    return tuple(found)
