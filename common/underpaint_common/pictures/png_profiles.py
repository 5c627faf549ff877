"""Colour profiles in PNG files, as large as profiles are.

Pillow inflates a profile to 1 MiB at most, as it does text, and calls files with larger ones
broken; those of printers and scanners are often larger. Its bound is a documented setting of
its module (`PIL.PngImagePlugin.MAX_TEXT_CHUNK`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from underpaint_common.pictures.shared_context import SharedContext

MAX_PROFILE_BYTES = 16 << 20
"""More than a JPEG file can hold."""


@contextlib.contextmanager
def _room() -> Iterator[None]:
    from PIL import PngImagePlugin

    before = PngImagePlugin.MAX_TEXT_CHUNK
    PngImagePlugin.MAX_TEXT_CHUNK = max(before, MAX_PROFILE_BYTES)
    try:
        yield
    finally:
        PngImagePlugin.MAX_TEXT_CHUNK = before


room_for_profiles = SharedContext(_room)
