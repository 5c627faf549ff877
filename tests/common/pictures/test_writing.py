"""Every format returns what was written to it, or says what it cannot hold."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from underpaint_common.errors import LocalFileError, UsageError
from underpaint_common.pictures import (
    Compress,
    OutputFormat,
    Picture,
    encode,
    picture_from_array,
    read_picture,
    write_picture,
)


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Draw pictures of every kind there is."""
    dtype = draw(st.sampled_from([np.uint8, np.uint16]))
    height, width = draw(st.tuples(st.integers(1, 10), st.integers(1, 10)))
    channels = draw(st.sampled_from([1, 3, 4]))
    samples = draw(hnp.arrays(dtype, (height, width, channels)))
    alpha = st.none() if channels == 4 else st.none() | hnp.arrays(dtype, (height, width))
    profile = st.none() | st.binary(min_size=1, max_size=101)
    return Picture(samples, draw(alpha), icc_profile=draw(profile))


def opacity(picture: Picture) -> np.ndarray:
    if picture.alpha is not None:
        return picture.alpha
    return np.full(picture.samples.shape[:2], np.iinfo(picture.samples.dtype).max)


@settings(deadline=None)
@given(
    picture=pictures(),
    file_format=st.sampled_from(OutputFormat),
    compress=st.sampled_from(["fast", "best"]),
)
def test_every_sample_comes_back_or_the_format_is_refused(
    picture: Picture, file_format: OutputFormat, compress: Compress
) -> None:
    try:
        data = b"".join(encode(picture, file_format, compress=compress))
    except UsageError:
        return  # which pictures may be refused is the table's matter, below
    back = read_picture(data)
    np.testing.assert_array_equal(back.samples, picture.samples)
    assert back.bit_depth == picture.bit_depth
    np.testing.assert_array_equal(opacity(back), opacity(picture))
    assert back.icc_profile == picture.icc_profile
    assert back.notices == ()


HELD = {
    OutputFormat.PNG: {(1, 8), (2, 8), (3, 8), (4, 8), (1, 16), (2, 16), (3, 16), (4, 16)},
    OutputFormat.WEBP: {(3, 8), (4, 8)},
    OutputFormat.BMP: {(1, 8), (3, 8)},
    OutputFormat.TIFF: {(1, 8), (2, 8), (3, 8), (4, 8), (1, 16), (3, 16), (4, 16)},
    OutputFormat.PPM: {(1, 8), (3, 8), (1, 16), (3, 16)},
}


@pytest.mark.parametrize("file_format", OutputFormat)
def test_what_each_format_holds(file_format: OutputFormat) -> None:
    held = set()
    for bands in (1, 2, 3, 4):
        for depth, dtype in ((8, np.uint8), (16, np.uint16)):
            array = np.arange(5 * 6 * bands).astype(dtype).reshape(5, 6, bands)
            try:
                encode(picture_from_array(array), file_format)
            except UsageError:
                continue
            held.add((bands, depth))
    assert held == HELD[file_format]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_cmyk_goes_to_tiff_alone(dtype: type[np.uint8 | np.uint16]) -> None:
    samples = np.arange(4 * 5 * 4).astype(dtype).reshape(4, 5, 4)
    back = read_picture(b"".join(encode(Picture(samples), OutputFormat.TIFF)))
    np.testing.assert_array_equal(back.samples, samples)
    for file_format in set(OutputFormat) - {OutputFormat.TIFF}:
        with pytest.raises(UsageError, match="CMYK") as caught:
            encode(Picture(samples), file_format)
        assert caught.value.hint == "use TIFF"


def test_what_decides_the_look_is_never_lost_silently() -> None:
    samples = np.zeros((3, 3, 3), np.uint8)
    for picture, word in [
        (Picture(samples, icc_profile=b"profile"), "colour profile"),
        (Picture(samples, gamma=1.0), "gamma"),
        (Picture(samples, metadata=b"II*\0\x08\0\0\0\0\0\0\0\0\0"), "metadata"),
    ]:
        with pytest.raises(UsageError, match=word) as caught:
            encode(picture, OutputFormat.BMP)
        assert caught.value.hint == "use PNG"
    encode(Picture(samples, gamma=0.45455), OutputFormat.BMP)


def test_webp_refuses_a_side_that_it_cannot_count() -> None:
    with pytest.raises(UsageError, match="16383 pixels"):
        encode(Picture(np.zeros((1, 16384, 3), np.uint8)), OutputFormat.WEBP)


def test_pillow_reads_our_tiff_of_many_strips() -> None:
    samples = np.random.default_rng(5).integers(0, 256, (500, 700, 3), np.uint8)
    data = b"".join(encode(Picture(samples, icc_profile=b"odd"), OutputFormat.TIFF))
    with Image.open(io.BytesIO(data)) as image:
        assert image.info["icc_profile"] == b"odd"
        np.testing.assert_array_equal(np.asarray(image), samples)


def test_writing_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Picture(np.zeros((600, 600, 3), np.uint8))
    target = tmp_path / "out.png"
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", interrupt)
        with pytest.raises(KeyboardInterrupt):
            write_picture(picture, target)
    assert list(tmp_path.iterdir()) == []
    size = write_picture(picture, target)
    assert target.stat().st_size == size
    with pytest.raises(LocalFileError, match="exists already"):
        write_picture(picture, target)
    write_picture(picture, target, overwrite=True)
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.png"]


def interrupt(_descriptor: int) -> None:
    raise KeyboardInterrupt


def test_a_named_format_wins_over_the_name(tmp_path: Path) -> None:
    target = tmp_path / "out.data"
    write_picture(Picture(np.zeros((2, 2, 1), np.uint8)), target, file_format=OutputFormat.PPM)
    assert target.read_bytes().startswith(b"P5")
