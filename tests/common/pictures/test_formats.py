"""Which format a name asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from underpaint_common.errors import UsageError
from underpaint_common.pictures import OutputFormat, format_for


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.png", OutputFormat.PNG),
        ("A.PNG", OutputFormat.PNG),
        ("a.b.webp", OutputFormat.WEBP),
        ("a.bmp", OutputFormat.BMP),
        ("a.tif", OutputFormat.TIFF),
        ("a.TIFF", OutputFormat.TIFF),
        ("a.ppm", OutputFormat.PPM),
        ("a.pgm", OutputFormat.PPM),
    ],
)
def test_the_suffix_decides(name: str, expected: OutputFormat) -> None:
    assert format_for(Path(name)) is expected


@pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "a.heic", "a.avif", "a.gif", "a.jxl"])
def test_formats_that_lose_samples_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="would destroy the payload") as caught:
        format_for(Path(name))
    assert caught.value.hint is not None
    assert ".png" in caught.value.hint


@pytest.mark.parametrize("name", ["a", "a.txt", ".png", "png"])
def test_other_names_tell_no_format(name: str) -> None:
    with pytest.raises(UsageError, match="no known image format"):
        format_for(Path(name))
