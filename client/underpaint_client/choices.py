"""The names that may be chosen, in one place for command line and configuration file.

`payload` and `pictures` know what they mean; they are too heavy for `--help`, so the names stand
here as well, and a test compares.
"""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

ModeName: TypeAlias = Literal["auto", "classic", "planes", "adaptive"]
FormName: TypeAlias = Literal["file", "compact", "pixels"]
CostName: TypeAlias = Literal["texture", "flat"]
FormatName: TypeAlias = Literal["png", "webp", "bmp", "tiff", "ppm"]
CompressName: TypeAlias = Literal["fast", "best"]

MODES: tuple[str, ...] = get_args(ModeName)
FORMS: tuple[str, ...] = get_args(FormName)
COSTS: tuple[str, ...] = get_args(CostName)
EFFORTS = (6, 8, 10, 12)
FORMATS: tuple[str, ...] = get_args(FormatName)
COMPRESSIONS: tuple[str, ...] = get_args(CompressName)
